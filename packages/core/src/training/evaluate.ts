import { argMax, type Tensor } from '@tensorflow/tfjs-core'
import type { AnyLearner, Context, EpisodeScore, Executor, Meta } from '../learner'
import { accuracy, meanSquaredError } from '../nn/losses'
import { type Recorded, recordedFor } from '../program/recorded'
import { rng } from '../random'
import { type Batch, countExamples, disposeTask, type Episode } from '../task'
import * as tree from '../tree'
import { requireBackend } from '../use-backend'
import { type Estimate, estimate } from './statistics'

export interface EvaluateOptions {
  readonly learner: AnyLearner
  readonly meta: Meta
  readonly tasks: (index: number) => Episode | Promise<Episode>
  /** How many episodes, from number 0 on. */
  readonly count: number
  readonly phase?: Context['phase']
  /** The meta-step at which this happens. */
  readonly step?: number
  readonly seed?: number | string
  /** Its `scores` runs the episodes, if it has one; otherwise they run one by one. */
  readonly executor?: Executor
  readonly onEpisode?: (done: number, score: number) => void
  readonly signal?: AbortSignal
}

export interface Evaluation extends Estimate {
  /** What `mean` averages: the fraction of correct answers, or the mean squared error. */
  readonly metric: 'accuracy' | 'mse'
  /** Mean accuracy over episodes; NaN for a regression. */
  readonly accuracy: number
  /** One value per episode, in order. */
  readonly scores: readonly number[]
  /** For each episode the label predicted for each query; empty for a regression. */
  readonly predicted: readonly (readonly number[])[]
  readonly episodes: number
  readonly examples: number
}

/** So many episodes are given at once to an executor that scores them in its own way. */
const AT_ONCE = 16

/**
 * Adapts to the support set of each task and scores the predictions for its query set.
 * The same tasks and seed give the same scores, also with worker threads.
 */
export async function evaluate(options: EvaluateOptions): Promise<Evaluation> {
  requireBackend()
  const { count, onEpisode } = options
  const scores: number[] = []
  const predicted: (readonly number[])[] = []
  let examples = 0
  let metric: Evaluation['metric'] = 'accuracy'
  for await (const batch of scoredBatches(options)) {
    metric = batch.metric
    examples += batch.examples
    for (const { score, predicted: labels } of batch.scores) {
      scores.push(score)
      if (labels) predicted.push(labels)
      onEpisode?.(scores.length, score)
    }
  }
  const result = estimate(scores)
  const accuracy = metric === 'accuracy' ? result.mean : Number.NaN
  return { ...result, metric, accuracy, scores, predicted, episodes: count, examples }
}

interface ScoredBatch {
  readonly scores: readonly EpisodeScore[]
  readonly examples: number
  readonly metric: Evaluation['metric']
}

/** Batches in order; where an executor scores them, the next is drawn and waits meanwhile. */
async function* scoredBatches(options: EvaluateOptions): AsyncGenerator<ScoredBatch> {
  const { count, executor } = options
  const [size, ahead] = executor?.scores ? [AT_ONCE, 2] : [1, 1]
  const batches: Promise<ScoredBatch>[] = []
  try {
    for (let from = 0; from < count || batches.length > 0; ) {
      for (; batches.length < ahead && from < count; from += size) {
        const batch = scoredBatch(options, from, Math.min(count, from + size))
        // It is awaited later; that it failed is no surprise until then.
        batch.catch(() => {})
        batches.push(batch)
      }
      yield await batches.shift()!
    }
  } finally {
    await Promise.allSettled(batches)
  }
}

async function scoredBatch(options: EvaluateOptions, from: number, to: number) {
  const { learner, meta, tasks, phase = 'test', step = 0, seed = 0, signal, executor } = options
  const random = rng(seed).split(phase)
  const episodes: Episode[] = []
  try {
    for (let i = from; i < to; i++) {
      signal?.throwIfAborted()
      episodes.push(await tasks(i))
    }
    const contexts = episodes.map((_, i) => ({ step, phase, rng: random.split(from + i) }))
    const scoresOf = executor?.scores ?? episodeScores
    const scores = await scoresOf(learner, meta, episodes, contexts)
    const metric = episodes[0]!.query.ways === undefined ? ('mse' as const) : ('accuracy' as const)
    return { scores, examples: countExamples(episodes), metric }
  } finally {
    disposeTask(episodes)
  }
}

/** {@link score} of each episode, one after the other. */
export async function episodeScores(
  learner: AnyLearner,
  meta: Meta,
  episodes: readonly Episode[],
  contexts: readonly Context[],
  recorded: Recorded = recordedFor(learner),
): Promise<EpisodeScore[]> {
  const scores: EpisodeScore[] = []
  for (const [i, { support, query }] of episodes.entries()) {
    const ctx = contexts[i]!
    const found = tree.tidy(() =>
      recorded('score', { meta, support, query }, [ctx], ([own]) => {
        const adapted = learner.adapt(meta, support, own!)
        return score(learner.predict(meta, adapted, query.x, own!), query)
      }),
    )
    const [first] = await found.score.data()
    const predicted = 'predicted' in found ? { predicted: [...(await found.predicted.data())] } : {}
    scores.push({ score: first!, ...predicted })
    tree.dispose(found)
  }
  return scores
}

/** A score, and the predicted labels if there are any. */
export type Scored =
  | { readonly score: Tensor; readonly predicted: Tensor }
  | { readonly score: Tensor }

/**
 * The share of right answers, a scalar, and the predicted labels, int32 `[n]`; of a regression the
 * mean squared error alone.
 */
export function score(output: Tensor, query: Batch): Scored {
  if (query.ways === undefined) return { score: meanSquaredError(output, query.y) }
  return { score: accuracy(output, query.y), predicted: argMax(output, -1) }
}
