import { type DeviceInfo, type MetaLearner, type Params, tree } from '@kshot/core'
import { type Confusion, type Labels, largest, type Result } from '@kshot/results'
import { datasetCard } from '../catalogue/datasets'
import { encoderOf } from '../catalogue/encoders'
import type { Config } from '../configuration/schema'
import { commit, versions } from './provenance'
import { testScore } from './score'
import type { Scores } from './test-job'
import { forTheBytes } from './training-file'

/** Which classes are tested on, in a word. */
function splitName({ dataset }: Config, given: boolean | undefined): string {
  if (given) return 'given'
  const { split, seed } = dataset as { readonly split?: string; readonly seed?: number }
  return split ?? datasetCard(dataset).split ?? `split by seed ${seed}`
}

/** What a result says of the conditions, from the configuration and the learner. */
function labelsOf({ config, learner, params, splitGiven, train: { begunWith } }: Parts): Labels {
  const { dataset, test, train } = config
  const rotations = dataset.rotations === 'all' || dataset.rotations === 'per-class'
  return {
    transductive: learner.traits.transductive,
    queriesNormalisedTogether: normalisedTogether(learner, largest(test.ways ?? 1) * test.queries),
    adaptationSteps: learner.traits.innerSteps,
    rotationsAtTest: rotations,
    split: splitName(config, splitGiven),
    resize: resizeName(config),
    withinAlphabet: test.within === 'group',
    // What it was started from has seen the validation classes too.
    trainingSplit: begunWith?.split === 'train+val' ? 'train+val' : train.split,
    parameters: tree.count(params),
    tuningTrials: config.tuningTrials,
  }
}

function normalisedTogether({ traits }: MetaLearner, queries: number): number {
  return { all: queries, one: 1, none: 0 }[traits.queriesTogether]
}

/** How pictures were brought to their size: `area`, `area, cover`. */
function resizeName({ dataset, learner }: Config): string {
  if ('resize' in dataset && encoderOf(learner)) return 'as the encoder does'
  if (!('resize' in dataset)) return 'none'
  // As the card's schema has checked them.
  const { resize, fit } = dataset as unknown as { readonly resize: string; readonly fit?: string }
  return fit === undefined ? resize : `${resize}, ${fit}`
}

export interface Parts {
  readonly config: Config
  readonly learner: MetaLearner
  readonly params: Params
  readonly device: DeviceInfo
  readonly test: Scores
  readonly baselines: Result['baselines']
  readonly episodeSet: string
  readonly understood: Result['data'] | undefined
  readonly confusion: Confusion | undefined
  readonly train: Result['train']
  readonly best: Result['best']
  readonly checkpoint: string
  /** For users' own data: it says itself which class belongs to which split. */
  readonly splitGiven: boolean | undefined
  readonly workers: number
  readonly seconds: { readonly total: number; readonly test: number }
}

/** The result of a run; everything that may differ between two runs of one seed is in `measured`. */
export function resultOf(parts: Parts): Result {
  const { config, learner, device, train } = parts
  const { net, normalisation, method } = learner.traits
  const { ways, shots, queries, seed } = config.test
  const labels = labelsOf(parts)
  return {
    learner: learner.spec,
    ...(net && { net }),
    ...(normalisation && { normalisation }),
    ...(method && { method }),
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
    ...(parts.understood && { data: parts.understood }),
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
    measured: measuredOf(parts),
  }
}

function measuredOf({ config, device, train, seconds, workers }: Parts): Result['measured'] {
  return {
    finishedAt: new Date().toISOString(),
    threads: device.threads,
    workers,
    seconds: { ...seconds, train: train.seconds },
    trainEpisodesPerSecond: perSecond(train.episodes, train.seconds),
    trainImagesPerSecond: perSecond(train.images, train.seconds),
    testEpisodesPerSecond: config.test.episodes / seconds.test,
    peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
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
