import {
  type DeviceInfo,
  type Evaluation,
  type MetaLearner,
  type Params,
  type Spec,
  type StopReason,
  tree,
} from '@kshot/core'
import type { BegunWith } from './beginning'
import type { Confusion } from './confusion'
import type { LakeReport } from './lake/report'
import { commit, versions } from './provenance'
import type { Config } from './schema'
import { type Scores, testSteps } from './testing'
import { forTheBytes } from './training-file'

type Interval = readonly [low: number, high: number]

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

/** What a reader must know before two numbers are compared. */
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

/** A result of `kshot run`; its keys are stable. Fractions, not per cent; seconds. */
export interface Result {
  readonly learner: Spec
  readonly setting: {
    readonly dataset: string
    readonly split: string
    /** None in a regression. */
    readonly ways: number | null
    readonly shots: number
    readonly queries: number
  }
  readonly test: TestScore
  /** Other learners on the same episodes, for comparison. */
  readonly baselines: readonly { name: string; learner: Spec; test: TestScore }[]
  /** Two results whose hashes differ were tested on other episodes: never rank them together. */
  readonly episodeSet: string
  /** Not of a regression, nor of more groups than a table can show. */
  readonly confusion?: Confusion
  /** Of `kshot eval --setting lake-one-shot`. */
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
    /** Where the parameters were not drawn. */
    readonly begunWith?: BegunWith
  }
  /** The best on validation: the step it was found at, and its score. */
  readonly best: { readonly step: number; readonly score: number } | null
  readonly checkpoint: string
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
  /** null where nothing was trained. */
  readonly trainEpisodesPerSecond: number | null
  readonly trainImagesPerSecond: number | null
  readonly testEpisodesPerSecond: number
  readonly peakMemoryBytes: number
}

export function testScore(scores: Scores): TestScore {
  const { adaptationSteps, evaluation } = scores[0]!
  const { accuracy, interval, episodes } = evaluation
  if (adaptationSteps === undefined) return { accuracy, interval, episodes }
  const bySteps = <T>(value: (evaluation: Evaluation) => T) =>
    Object.fromEntries(scores.map((s) => [s.adaptationSteps, value(s.evaluation)]))
  return { mse: bySteps(({ mean }) => mean), interval: bySteps((e) => e.interval), episodes }
}

/** Data sets that are split in one way only. */
const SPLITS: { readonly [dataset: string]: string } = {
  glyphs: 'scripts',
  intents: 'domains',
  sinusoids: 'generated',
}

/** Which classes are tested on, in a word. */
function splitName({ dataset }: Config, given: boolean | undefined): string {
  if (given) return 'given'
  const { split, seed } = dataset as { readonly split?: string; readonly seed?: number }
  return SPLITS[dataset.name] ?? split ?? `dealt by seed ${seed}`
}

/** What a result says of the conditions, from the configuration and the learner. */
function labelsOf({ config, learner, params, splitGiven, train: { begunWith } }: Parts): Labels {
  const { dataset, test, train } = config
  const rotations = 'rotations' in dataset && ['all', 'per-class'].includes(dataset.rotations)
  return {
    transductive: learner.traits.transductive,
    queriesNormalisedTogether: normalisedTogether(learner.spec, (test.ways ?? 1) * test.queries),
    adaptationSteps: testSteps(learner),
    rotationsAtTest: rotations,
    split: splitName(config, splitGiven),
    resize: 'resize' in dataset ? dataset.resize : 'none',
    withinAlphabet: test.within === 'group',
    // What it began with has seen the validation classes too.
    trainingSplit: begunWith?.split === 'train+val' ? 'train+val' : train.split,
    parameters: tree.count(params),
    tuningTrials: config.tuningTrials,
  }
}

function normalisedTogether({ options }: Spec, queries: number): number {
  const { normalisation } = options as { normalisation?: { test?: string } }
  const mode = normalisation?.test ?? 'none'
  if (mode.startsWith('batch')) return queries
  return mode === 'support+one' ? 1 : 0
}

export interface Parts {
  readonly config: Config
  readonly learner: MetaLearner
  readonly params: Params
  readonly device: DeviceInfo
  readonly test: Scores
  readonly baselines: Result['baselines']
  readonly episodeSet: string
  readonly confusion: Confusion | undefined
  readonly train: Result['train']
  readonly best: Result['best']
  readonly checkpoint: string
  /** Of data that a user brings: it says itself which class belongs to which split. */
  readonly splitGiven: boolean | undefined
  readonly workers: number
  readonly seconds: { readonly total: number; readonly test: number }
}

/** The result of a run; everything that may differ between two runs of one seed stands in `measured`. */
export function resultOf(parts: Parts): Result {
  const { config, learner, device, train, seconds } = parts
  const { ways, shots, queries, episodes, seed } = config.test
  const labels = labelsOf(parts)
  return {
    learner: learner.spec,
    setting: {
      dataset: config.dataset.name,
      split: labels.split,
      ways: ways ?? null,
      shots,
      queries,
    },
    test: testScore(parts.test),
    baselines: parts.baselines,
    episodeSet: parts.episodeSet,
    ...(parts.confusion && { confusion: parts.confusion }),
    labels,
    backend: device.backend,
    device: device.device,
    kernels: device.kernels,
    executor: config.executor,
    seeds: { run: config.seed, validate: config.validate?.seed ?? 0, test: seed },
    train,
    best: parts.best,
    checkpoint: parts.checkpoint,
    config: forTheBytes(config),
    versions: versions(),
    commit: commit(),
    measured: {
      finishedAt: new Date().toISOString(),
      threads: device.threads,
      workers: parts.workers,
      seconds: { ...seconds, train: train.seconds },
      trainEpisodesPerSecond: perSecond(train.episodes, train.seconds),
      trainImagesPerSecond: perSecond(train.images, train.seconds),
      testEpisodesPerSecond: episodes / seconds.test,
      peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
    },
  }
}

function perSecond(count: number, seconds: number | null): number | null {
  return seconds && count > 0 ? count / seconds : null
}

/** A result without what differs between two runs of the same seed, for comparison. */
export function withoutMeasurements({ measured: _, checkpoint: __, ...rest }: Result) {
  const { seconds: ___, ...train } = rest.train
  const { workers: ____, ...config } = rest.config as Config
  return { ...rest, train, config }
}
