import {
  type Evaluation,
  evaluate,
  fromSpec,
  type Meta,
  type MetaLearner,
  rng,
  type TaskSource,
} from '@kshot/core'
import { type Result, testScore } from './result'
import type { Config } from './schema'
import { loadModule, toSpec } from './specs'
import { breathing } from './training'

/** What needs no training at all: the nearest mean of the support pictures, pixel by pixel. */
const BASELINE = {
  name: 'nearest centroid, raw pixels',
  learner: {
    name: 'protonet',
    backbone: { name: 'embeddings' },
    normalisation: { train: 'none', test: 'none' },
  },
} as const

export interface TestJob {
  readonly config: Config
  readonly learner: MetaLearner
  readonly meta: Meta
  readonly tasks: TaskSource
  readonly step: number
  readonly signal: AbortSignal
  readonly onEpisode?: (done: number, score: number) => void
}

export interface Tested {
  readonly test: Evaluation
  readonly seconds: number
  readonly baseline: {
    readonly name: string
    readonly learner: MetaLearner
    readonly test: Evaluation
  }
}

/** Meta-tests a learner, and the baseline on the same episodes. */
export async function tested(job: TestJob): Promise<Tested> {
  const { config, learner, meta, signal, step, onEpisode } = job
  const tasks = breathing(job.tasks)
  const common = { tasks, count: config.test.episodes, seed: config.seed, signal }
  const started = performance.now()
  const test = await evaluate({ ...common, learner, meta, step, ...(onEpisode && { onEpisode }) })
  const seconds = (performance.now() - started) / 1000
  const plain = await fromSpec<MetaLearner>(toSpec(BASELINE.learner), loadModule)
  const nothing = plain.init(rng(0), tasks.taskSpec)
  const baseline = await evaluate({ ...common, learner: plain, meta: nothing })
  return { test, seconds, baseline: { name: BASELINE.name, learner: plain, test: baseline } }
}

/** One line an episode. */
export function episodeLines({ test, baseline }: Tested) {
  return test.scores.map((accuracy, episode) => ({
    episode,
    accuracy,
    baseline: baseline.test.scores[episode],
  }))
}

/** The baseline as it stands in a result. */
export function baselineRow({ baseline }: Tested): Result['baselines'][number] {
  const { name, learner, test } = baseline
  return { name, learner: learner.spec, test: testScore(test) }
}
