import type { Evaluation, Executor, Meta, MetaLearner } from '@kshot/core'
import type { Config } from '../configuration/schema'
import type { Data } from '../data/data'

/** What a person may want to see of a test. */
export interface TestEvents {
  /** A regression is tested after several numbers of inner steps. */
  testEpisode?(done: number, score: number, adaptationSteps: number | undefined): void
  /** A regression's baseline is trained after the test. */
  baselineStep?(step: number, of: number): void
}

export interface TestJob {
  readonly config: Config
  readonly learner: MetaLearner
  readonly meta: Meta
  readonly data: Data
  /** Meta-steps that the learner was trained for. */
  readonly step: number
  readonly executor: Executor
  readonly signal: AbortSignal
  readonly on: TestEvents
}

/** A learner with what it has learned. */
export interface TrainedLearner {
  readonly name: string
  readonly learner: MetaLearner
  readonly meta: Meta
}

/** Evaluations on the same episodes: one, or in a regression one for each number of inner steps. */
export type Scores = readonly {
  readonly adaptationSteps: number | undefined
  readonly evaluation: Evaluation
}[]

/** After how many inner steps the error of a regression is measured. */
export function adaptationSteps({
  config,
  learner,
}: Pick<TestJob, 'config' | 'learner'>): readonly number[] {
  return config.test.adaptationSteps ?? [learner.traits.innerSteps]
}
