import type { Normalisation, Spec, StopReason } from '@kshot/core'
import type { NumberOrRange } from './number-or-range'

export type Interval = readonly [low: number, high: number]

/** An accuracy over test episodes, with its 95 % interval: fractions, not per cent. */
export interface AccuracyScore {
  readonly accuracy: number
  readonly interval: Interval
  readonly episodes: number
}

/** Mean squared errors over test tasks, by the number of inner steps. */
export interface ErrorScore {
  readonly mse: { readonly [adaptationSteps: string]: number }
  readonly interval: { readonly [adaptationSteps: string]: Interval }
  readonly episodes: number
}

export type TestScore = AccuracyScore | ErrorScore

/** A learner's errors minus a baseline's, paired by task, with 95 % intervals of Student's t. */
export type ErrorDifferences = {
  readonly [adaptationSteps: string]: {
    readonly mean: number
    readonly interval: Interval
    /** Two-sided, of the paired t test. */
    readonly p: number
  }
}

/** What a reader must know before comparing two numbers. */
export interface Labels {
  readonly transductive: boolean
  /** How many queries share batch statistics with each other. */
  readonly queriesNormalisedTogether: number
  readonly adaptationSteps: number
  readonly rotationsAtTest: boolean
  readonly split: string
  readonly resize: string
  readonly withinAlphabet: boolean
  readonly trainingSplit: string
  readonly parameters: number
  readonly tuningTrials: number
}

/** Confusion counts over all test queries: `counts[truth][prediction]`. */
export interface Confusion {
  /** Scripts, alphabets; the classes themselves if they have no group. */
  readonly groups: readonly string[]
  readonly counts: readonly (readonly number[])[]
}

/** Lake's one-shot task: errors in per cent, as in all its papers. */
export interface LakeReport {
  /** Lake's own runs, or runs of the same kind drawn from the evaluation images. */
  readonly runs: 'official' | 'sampled'
  readonly trials: number
  /** The mean over runs, with its 95 % interval. */
  readonly errorPercent: number
  readonly interval: Interval
  /** One a run. */
  readonly errorPercentByRun: readonly number[]
  readonly published: readonly {
    readonly name: string
    readonly errorPercent: number
    readonly source: string
  }[]
}

/** The checkpoint that training started from, instead of initial parameters. */
export type WarmStart = {
  readonly sha256: string
  /** What it was trained on, and what it started from itself. */
  readonly images: number
  readonly dataset: string
  readonly split: 'train' | 'train+val'
}

/** Which task a learner is tested on. */
export interface Setting {
  readonly dataset: string
  readonly split: string
  /** None in a regression. */
  readonly ways: NumberOrRange | null
  readonly shots: NumberOrRange
  readonly queries: number
}

/** How a user's files were read: counts, and sentences for people. */
export interface TakenData {
  readonly classes: number
  readonly examples: number
  readonly splits: { readonly train: number; readonly validation: number; readonly test: number }
  readonly dealt: string
  readonly notes: readonly string[]
  /** Files that were not read, by ending. */
  readonly skipped: { readonly [ending: string]: number }
  readonly broken: readonly { readonly file: string; readonly reason: string }[]
  readonly small: readonly { readonly id: string; readonly size: number }[]
}

/** A result of `kshot run`; its keys are stable. Fractions, not per cent; seconds. */
export interface Result {
  readonly learner: Spec
  /** The net that the learner stands on, as it declares it; absent in results from before it was told. */
  readonly net?: Spec
  /** How it normalises at test, and its key among published numbers, as it declares them. */
  readonly normalisation?: Normalisation
  readonly method?: string
  readonly setting: Setting
  readonly test: TestScore
  /** Other learners on the same episodes, for comparison. */
  readonly baselines: readonly {
    readonly name: string
    readonly learner: Spec
    readonly test: TestScore
    /** Of a regression: this result's errors minus the baseline's. */
    readonly difference?: ErrorDifferences
  }[]
  /** Two results whose hashes differ were tested on different episodes: never rank them together. */
  readonly episodeSet: string
  /** How a user's files were read: what was used, and what was left out. */
  readonly data?: TakenData
  /** Not for a regression, nor for more groups than a table can show. */
  readonly confusion?: Confusion
  /** For `kshot eval --setting lake-one-shot`. */
  readonly lake?: LakeReport
  readonly labels: Labels
  readonly backend: string
  readonly device: string
  readonly kernels: string
  readonly executor: string
  readonly seeds: { readonly run: number; readonly validate: number; readonly test: number }
  readonly train: {
    readonly steps: number
    readonly episodes: number
    readonly images: number
    /** Validation included; null where only a checkpoint tells of training (`kshot eval`). */
    readonly seconds: number | null
    readonly stoppedBy: StopReason | null
    /** For a warm start. */
    readonly begunWith?: WarmStart
  }
  /** The best on validation: its step and its score. */
  readonly best: { readonly step: number; readonly score: number } | null
  readonly checkpoint: string
  /** The resolved configuration of the run. */
  readonly config: unknown
  readonly versions: { readonly [name: string]: string }
  readonly commit: string | null
  readonly measured: Measured
}

/** What differs between two runs of the same bytes. */
export interface Measured {
  readonly finishedAt: string
  readonly threads: number
  /** Threads that tasks were spread over; 0: none. */
  readonly workers: number
  readonly seconds: { readonly total: number; readonly train: number | null; readonly test: number }
  /** null if nothing was trained. */
  readonly trainEpisodesPerSecond: number | null
  readonly trainImagesPerSecond: number | null
  readonly testEpisodesPerSecond: number
  readonly peakMemoryBytes: number
}
