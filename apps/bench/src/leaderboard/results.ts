import { readFile } from 'node:fs/promises'
import { KshotError } from '@kshot/core'
import { writeFileAtomic } from '@kshot/core/node'
import type { AccuracyScore, Result } from '../result'

/** What training is bounded by. `seconds` ranks kernels as much as algorithms: a table of its own. */
export interface Budget {
  readonly by: 'images' | 'episodes' | 'seconds'
  readonly amount: number
}

/** One job of a leaderboard: learner × setting × budget × backend × seed. */
export interface Cell {
  /** Also the name of its folder, as in `protonet.glyphs-5w1s.images.wasm.seed1`. */
  readonly name: string
  /** As the configuration names it. */
  readonly learner: string
  /** As the configuration names it. */
  readonly setting: string
  readonly budget: Budget
  readonly backend: string
  readonly seed: number
  /** The setting that it was trained for, where it is another one. */
  readonly checkpointsOf?: string
}

/** What a learner costs. Times depend on what else ran: see `cellsAtOnce`. */
export interface Costs {
  readonly trainSeconds: number | null
  readonly trainImagesPerSecond: number | null
  /** Milliseconds to adapt to one support set and predict all its queries: the median. */
  readonly adaptPredictMs: number
  readonly peakMemoryBytes: number
  readonly parameters: number
  /** Processes that ran at the same time on this machine. */
  readonly cellsAtOnce: number
}

/** A validation on the way. */
export interface CurvePoint {
  readonly step: number
  readonly episodes: number
  readonly images: number
  /** The accuracy on the validation episodes, a fraction. */
  readonly validation: number
  readonly seconds: number
}

/** The predicted label of each query of the first test episodes, in the queries' order. */
export interface Predictions {
  readonly episodes: number
  readonly labels: readonly (readonly number[])[]
}

/** A cell that came to its end: all that `kshot run` says of it, and what a ranking needs. */
export interface DoneRow extends Result {
  readonly status: 'done'
  readonly cell: Cell
  /** The learner's net in words; none for a run that was no cell. */
  readonly backbone?: string
  readonly test: AccuracyScore
  /** The accuracy of each test episode, in order. */
  readonly scores: readonly number[]
  readonly predictions: Predictions
  readonly curve: readonly CurvePoint[]
  readonly costs: Costs
}

/** A cell that failed, and why: the parts of a `KshotError`. */
export interface FailedRow {
  readonly status: 'failed'
  readonly cell: Cell
  readonly reason: {
    readonly code: string
    readonly got: string
    readonly expected: string
    readonly remedy: string
  }
}

export type Row = DoneRow | FailedRow

/** The file of a leaderboard's folder that is the truth; everything else is made from it. */
export const RESULTS = 'results.jsonl'

export const isDone = (row: Row): row is DoneRow => row.status === 'done'

/** Rows in the order in which they are written: setting, budget, learner, backend, seed. */
export function sorted(rows: readonly Row[]): Row[] {
  const key = ({ cell }: Row) => [cell.setting, cell.budget.by, cell.learner, cell.backend]
  const order = (a: Row, b: Row) => {
    const [left, right] = [key(a).join('\0'), key(b).join('\0')]
    return left === right ? a.cell.seed - b.cell.seed : left < right ? -1 : 1
  }
  return [...rows].sort(order)
}

/**
 * Writes the rows, sorted, a line each, whole or not at all.
 * @throws `checkpoint/unwritable`
 */
export function writeResults(path: string, rows: readonly Row[]): Promise<void> {
  return writeFileAtomic(path, resultsText(rows))
}

/** What {@link writeResults} writes. */
export function resultsText(rows: readonly Row[]): string {
  return sorted(rows)
    .map((row) => `${rowText(row)}\n`)
    .join('')
}

/** A row as one line of JSON. */
export function rowText(row: Row): string {
  return JSON.stringify(isDone(row) ? { ...row, scores: packed(row) } : row)
}

/**
 * The rows of a `results.jsonl`.
 * @throws `results/unreadable`, `results/damaged` naming the line
 */
export async function readResults(path: string): Promise<Row[]> {
  const text = await readFile(path, 'utf8').catch((cause) => {
    throw unreadable(path, cause)
  })
  const lines = text.split('\n').filter((line) => line !== '')
  return lines.map((line, i) => parsedRow(line, `${path}, line ${i + 1}`))
}

/**
 * A row from its line.
 * @throws `results/damaged`
 */
export function parsedRow(line: string, where: string): Row {
  try {
    const row = JSON.parse(line) as Row & { scores: Packed }
    if (typeof row.cell.name === 'string' && row.status === 'failed' && row.reason) return row
    if (row.status === 'done' && row.test && row.labels) {
      return { ...row, scores: unpacked(row.scores) } as DoneRow
    }
  } catch {}
  throw new KshotError('results/damaged', {
    got: `${where}: ${line.slice(0, 60)}…`,
    expected: "a row of a leaderboard, with 'cell' and 'status'",
    remedy: 'Write the file again with kshot leaderboard --resume',
  })
}

/** A row without what differs between two runs of the same configuration: times, memory, places. */
export function withoutTimes(row: Row): unknown {
  if (!isDone(row)) return row
  const { measured: _, costs, checkpoint: __, train, curve, ...rest } = row
  const { seconds: ___, ...counts } = train
  return {
    ...rest,
    train: counts,
    curve: curve.map(({ seconds: _, ...point }) => point),
    parameters: costs.parameters,
  }
}

/** Right answers instead of fractions: `{ of: 75, right: [70, 72, …] }`, exact and small. */
interface Packed {
  readonly of: number
  readonly right: readonly number[]
}

function packed({ scores, setting: { ways, queries } }: DoneRow): Packed {
  const of = (ways ?? 1) * queries
  return { of, right: scores.map((score) => Math.round(score * of)) }
}

function unpacked({ of, right }: Packed): number[] {
  return right.map((n) => n / of)
}

function unreadable(path: string, cause: unknown): KshotError {
  return new KshotError('results/unreadable', {
    got: `${path}: ${(cause as Error).message}`,
    expected: `the ${RESULTS} of a leaderboard`,
    remedy: 'Pass the folder that kshot leaderboard has written',
    cause,
  })
}
