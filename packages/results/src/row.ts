import type { AccuracyScore, Result } from './result'

/** The limit on training. `seconds` ranks kernels as much as algorithms, so it gets a separate table. */
export interface Budget {
  readonly by: 'images' | 'episodes' | 'seconds'
  readonly amount: number
}

/** One job in a leaderboard: learner × setting × budget × backend × seed. */
export interface Cell {
  /** Also the name of its folder, for example `protonet.glyphs-5w1s.images.wasm.seed1`. */
  readonly name: string
  /** As the configuration names it. */
  readonly learner: string
  /** As the configuration names it. */
  readonly setting: string
  readonly budget: Budget
  readonly backend: string
  readonly seed: number
  /** The setting that it was trained for, if different. */
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

/** A validation during training. */
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

/** A finished cell: everything that `kshot run` reports, and what a ranking needs. */
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

export const isDone = (row: Row): row is DoneRow => row.status === 'done'

/** A result and its origin. */
export interface Source {
  /** Of the file or folder: distinguished and named by it. */
  readonly path: string
  readonly row: Row
  /** Whether it comes from `kshot run`, not from a leaderboard. */
  readonly run: boolean
}
