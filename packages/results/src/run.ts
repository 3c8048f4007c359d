import { KshotError } from '@kshot/core'
import type { z } from 'zod'
import { checkConsistent } from './consistent'
import { settingName } from './describe'
import { parseJson } from './json-text'
import { learnerKey } from './published-comparison'
import type { Result } from './result'
import type { CurvePoint, DoneRow } from './row'
import { episodeLineSchema, LIMITS, logLineSchema, resultSchema } from './schema'

/** The texts of the files that `kshot run` writes. */
export interface RunFiles {
  /** The name of its folder. */
  readonly name: string
  /** `result.json` */
  readonly result: string
  /** `episodes.jsonl` */
  readonly episodes: string
  /** `log.jsonl`; empty if nothing was trained. */
  readonly log: string
}

/** A line of an `episodes.jsonl`. */
export type EpisodeLine = z.output<typeof episodeLineSchema>
/** A line of a `log.jsonl`: a meta-step. */
export type LogLine = z.output<typeof logLineSchema>

/**
 * A run as the row of a leaderboard.
 * @throws `usage/no-accuracy` for a regression, `results/damaged`, `results/contradiction`
 */
export function rowOfRun({ name, result: text, episodes: lines, log }: RunFiles): DoneRow {
  const result = parseResult(text, `${name}/result.json`)
  const { test, labels, setting, train, measured, seeds, backend } = result
  if (!('accuracy' in test)) throw noAccuracy(name)
  const where = `${name}/episodes.jsonl`
  const episodes = parseLines(lines, episodeLineSchema, where, LIMITS.episodes)
  if (episodes.length !== test.episodes) {
    throw damaged(where, `${episodes.length} episodes, but the result has ${test.episodes}`)
  }
  const predicted = episodes.flatMap((line) => (line.predicted ? [line.predicted] : []))
  const row: DoneRow = {
    ...result,
    test,
    status: 'done',
    cell: {
      name,
      learner: learnerKey(result),
      setting: `${setting.dataset}, ${settingName(setting)}`,
      budget: { by: 'images', amount: train.images },
      backend,
      seed: seeds.run,
    },
    scores: episodes.map(({ accuracy }) => accuracy),
    predictions: { episodes: predicted.length, labels: predicted },
    curve: curveOf(parseLog(log, `${name}/log.jsonl`), train),
    costs: {
      trainSeconds: train.seconds,
      trainImagesPerSecond: measured.trainImagesPerSecond,
      // The mean, with drawing the episode; each of several workers takes that much longer.
      adaptPredictMs: (1000 * Math.max(1, measured.workers)) / measured.testEpisodesPerSecond,
      peakMemoryBytes: measured.peakMemoryBytes,
      parameters: labels.parameters,
      cellsAtOnce: 1,
    },
  }
  checkConsistent(row, name)
  return row
}

/**
 * A `result.json`, with every key that it has.
 * @throws `results/damaged`
 */
export function parseResult(text: string, where = 'result.json'): Result {
  const value = jsonOf(text, where)
  const { error } = resultSchema.safeParse(value)
  if (error) throw damaged(where, wordsOf(error.issues[0]!))
  return value as Result
}

/**
 * A `log.jsonl`. A last line that was cut off is left out: the process may have ended while it wrote.
 * @throws `results/damaged` naming the line
 */
export function parseLog(text: string, where = 'log.jsonl'): LogLine[] {
  return parseLines(text.slice(0, text.lastIndexOf('\n') + 1), logLineSchema, where, LIMITS.steps)
}

function parseLines<T>(text: string, schema: z.ZodType<T>, where: string, most: number): T[] {
  const lines = text.split('\n').filter((line) => line !== '')
  if (lines.length > most) throw damaged(where, `${lines.length} lines, more than ${most}`)
  return lines.map((line, i) => {
    const at = `${where}, line ${i + 1}`
    const value = jsonOf(line, at)
    const { error } = schema.safeParse(value)
    if (error) throw damaged(at, wordsOf(error.issues[0]!))
    return value as T
  })
}

function jsonOf(text: string, where: string): unknown {
  try {
    return parseJson(text)
  } catch (cause) {
    throw damaged(where, (cause as Error).message)
  }
}

function wordsOf({ path, message }: z.core.$ZodIssue): string {
  return `${path.length === 0 ? '' : `'${path.join('.')}': `}${message}`
}

/** The validations of a log. */
function curveOf(
  log: readonly LogLine[],
  { steps, episodes, images }: Result['train'],
): CurvePoint[] {
  return log.flatMap(({ step, validation, seconds }) =>
    validation === undefined
      ? []
      : [
          {
            step,
            validation,
            seconds,
            episodes: Math.round((step * episodes) / steps),
            images: Math.round((step * images) / steps),
          },
        ],
  )
}

function damaged(where: string, why: string): KshotError {
  return new KshotError('results/damaged', {
    got: `${where}: ${why}`,
    expected: 'a file as written by kshot run',
    remedy: 'Run the test again: npx kshot run --resume --out <this folder>',
  })
}

function noAccuracy(name: string): KshotError {
  return new KshotError('usage/no-accuracy', {
    got: `${name}, a regression`,
    expected: 'results with an accuracy',
    remedy: 'Leave it out; its errors are in its own result.json and curves.svg',
  })
}
