import { type Tensor, tidy } from '@tensorflow/tfjs-core'
import type { Context, Meta, MetaLearner } from '../learner'
import { accuracy, meanSquaredError } from '../nn'
import { rng } from '../random'
import { type Batch, countExamples, disposeTask, type Episode } from '../task'
import { type Estimate, estimate } from './statistics'

export interface EvaluateOptions {
  readonly learner: MetaLearner
  readonly meta: Meta
  readonly tasks: (index: number) => Episode | Promise<Episode>
  /** How many episodes, from number 0 on. */
  readonly count: number
  readonly phase?: Context['phase']
  /** The meta-step this is done at. */
  readonly step?: number
  readonly seed?: number | string
  readonly onEpisode?: (done: number, score: number) => void
  readonly signal?: AbortSignal
}

export interface Evaluation extends Estimate {
  /** What `mean` is the mean of: the share of right answers, or the mean squared error. */
  readonly metric: 'accuracy' | 'mse'
  /** The mean over episodes; NaN for a regression. */
  readonly accuracy: number
  /** One value an episode, in order. */
  readonly scores: readonly number[]
  readonly episodes: number
  readonly examples: number
}

/**
 * Adapts to the support set of each task and scores the predictions for its query set.
 * The same tasks and seed give the same scores.
 */
export async function evaluate(options: EvaluateOptions): Promise<Evaluation> {
  const { learner, meta, tasks, count, phase = 'test', step = 0, seed = 0, signal } = options
  const random = rng(seed).split(phase)
  const scores: number[] = []
  let examples = 0
  let metric: Evaluation['metric'] = 'accuracy'
  for (let i = 0; i < count; i++) {
    signal?.throwIfAborted()
    const episode = await tasks(i)
    try {
      metric = episode.query.ways === undefined ? 'mse' : 'accuracy'
      const score = scoreEpisode(learner, meta, episode, { step, phase, rng: random.split(i) })
      scores.push((await score.data())[0]!)
      examples += countExamples(episode)
      score.dispose()
    } finally {
      disposeTask(episode)
    }
    options.onEpisode?.(i + 1, scores.at(-1)!)
  }
  const result = estimate(scores)
  const accuracy = metric === 'accuracy' ? result.mean : Number.NaN
  return { ...result, metric, accuracy, scores, episodes: count, examples }
}

function scoreEpisode(learner: MetaLearner, meta: Meta, episode: Episode, ctx: Context): Tensor {
  return tidy(() => {
    const adapted = learner.adapt(meta, episode.support, ctx)
    return score(learner.predict(meta, adapted, episode.query.x, ctx), episode.query)
  })
}

function score(output: Tensor, query: Batch): Tensor {
  return query.ways === undefined ? meanSquaredError(output, query.y) : accuracy(output, query.y)
}
