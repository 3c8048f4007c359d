import { closeSync, existsSync, fsyncSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { writeFileAtomic } from '@kshot/core/node'
import { MOST_BYTES, readText } from '../files/text-file'
import { FILES, writeLines } from './run-folder'

/** One line of the log of training. */
export interface LogLine {
  readonly step: number
  readonly loss: number
  readonly [metric: string]: unknown
  /** Of training so far, over all resumes. */
  readonly seconds: number
}

export interface Log {
  /** That training took so far; of a log with a gap, as far as it tells. */
  readonly seconds: number
  /** Lines of steps that the checkpoint has are not there: how long training took is unknown. */
  readonly hasGap: boolean
  append(line: LogLine): void
  /** On the disk, before a checkpoint says that these steps are done. */
  sync(): void
  /** Writes the log once more, as CSV. */
  close(): Promise<void>
}

/** Opens the log; lines after the step that is resumed from belong to steps that are done again. */
export async function openLog(folder: string, step: number): Promise<Log> {
  const path = join(folder, FILES.log)
  const kept = existsSync(path) && step > 0 ? linesUpTo(readText(path, MOST_BYTES.log), step) : []
  await writeLines(path, kept)
  const file = openSync(path, 'a')
  return {
    seconds: kept.reduce((most, { seconds }) => Math.max(most, seconds), 0),
    hasGap: kept.length !== step || kept.some((line, i) => line.step !== i + 1),
    append: (line) => void writeSync(file, `${JSON.stringify(line)}\n`),
    sync: () => fsyncSync(file),
    async close() {
      closeSync(file)
      const lines = linesUpTo(readText(path, MOST_BYTES.log), Number.POSITIVE_INFINITY)
      await writeFileAtomic(join(folder, FILES.table), csvOf(lines))
    },
  }
}

/** What is no line is left out: a power cut may leave zeros behind, or half of a line. */
function linesUpTo(text: string, step: number): LogLine[] {
  return text.split('\n').flatMap((line) => {
    const value = parsed(line)
    return value && value.step <= step ? [value] : []
  })
}

function parsed(line: string): LogLine | undefined {
  try {
    const value = JSON.parse(line) as LogLine | null
    const { step, seconds } = (value ?? {}) as Partial<LogLine>
    const whole = Number.isSafeInteger(step) && typeof seconds === 'number' && seconds >= 0
    return whole ? (value as LogLine) : undefined
  } catch {
    return undefined
  }
}

/** A line a step; where a step has no value, as for a validation, nothing. */
function csvOf(lines: readonly LogLine[]): string {
  const names = new Set(lines.flatMap((line) => Object.keys(line)))
  // Seconds come last, whenever the first validation was.
  const columns = [...names].filter((name) => name !== 'seconds').concat('seconds')
  const rows = lines.map((line) => columns.map((name) => line[name] ?? '').join())
  return `${[columns.join(), ...rows].join('\n')}\n`
}
