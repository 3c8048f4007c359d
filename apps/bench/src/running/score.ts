import { type Evaluation, evaluate, type MetaLearner } from '@kshot/core'
import { type ErrorDifferences, pairedDifference, type TestScore } from '@kshot/results'
import {
  adaptationSteps,
  type Scores,
  type TestEvents,
  type TestJob,
  type TrainedLearner,
} from './test-job'
import { breathing } from './training'

/** The score of a learner in each test episode; of a regression after each number of inner steps. */
export async function scoresOf(
  job: TestJob,
  { learner, meta }: Pick<TrainedLearner, 'learner' | 'meta'>,
  onEpisode?: TestEvents['testEpisode'],
): Promise<Scores> {
  const { config, signal, executor, step, data } = job
  const tested = (tested: MetaLearner, steps?: number) =>
    evaluate({
      learner: tested,
      meta,
      tasks: breathing(data.test),
      count: config.test.episodes,
      seed: config.seed,
      signal,
      step,
      executor,
      ...(onEpisode && { onEpisode: (done, score) => onEpisode(done, score, steps) }),
    })
  if (config.test.ways) return [{ adaptationSteps: undefined, evaluation: await tested(learner) }]
  const scores = []
  for (const steps of adaptationSteps(job)) {
    const evaluation = await tested(atSteps(learner, steps), steps)
    scores.push({ adaptationSteps: steps, evaluation })
  }
  return scores
}

/** The same learner, with another number of inner steps at test, if it takes any. */
export function atSteps(learner: MetaLearner, steps: number): MetaLearner {
  return learner.withInnerSteps?.(steps) ?? learner
}

/** Scores as they stand in a result. */
export function testScore(scores: Scores): TestScore {
  const { adaptationSteps, evaluation } = scores[0]!
  const { accuracy, interval, episodes } = evaluation
  if (adaptationSteps === undefined) return { accuracy, interval, episodes }
  const bySteps = <T>(value: (evaluation: Evaluation) => T) =>
    Object.fromEntries(scores.map((s) => [s.adaptationSteps, value(s.evaluation)]))
  return { mse: bySteps(({ mean }) => mean), interval: bySteps((e) => e.interval), episodes }
}

/** Of a regression, by the number of inner steps: the errors of one minus those of another, paired by task. */
export function errorDifferences(own: Scores, other: Scores): ErrorDifferences | undefined {
  if (own[0]!.adaptationSteps === undefined) return undefined
  const entries = own.map(({ adaptationSteps, evaluation }, i) => {
    const { mean, interval, p } = pairedDifference(evaluation.scores, other[i]!.evaluation.scores)
    return [adaptationSteps, { mean, interval, p }] as const
  })
  return Object.fromEntries(entries)
}
