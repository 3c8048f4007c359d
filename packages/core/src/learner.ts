import type { Scalar, Tensor } from '@tensorflow/tfjs-core'
import type { Rng } from './random'
import type { Spec } from './spec'
import type { Batch, Episode, TaskSpec } from './task'
import type { Params } from './tree'

/**
 * Which examples a normalisation layer normalises together.
 * - `running`: none; the running statistics of meta-training (a query is judged alone)
 * - `batch-joint`: support and query in one batch, as Snell trains (transductive at test)
 * - `batch-separate`: the support set, and the query set, each with its own statistics (transductive)
 * - `support+one`: the support set plus ONE query, as Reptile (not transductive)
 * - `none`: the layers are left out
 */
export type Normalisation = 'running' | 'batch-joint' | 'batch-separate' | 'support+one' | 'none'

/** What a model's normalisation layers do in one call; learners map a {@link Normalisation} to it. */
export type NormMode = 'batch' | 'running' | 'none'

/** Parameters are learned by gradient; state (running statistics) is carried. `{}` if there is none. */
export interface Weights {
  readonly params: Params
  readonly state: Params
}

/** A network as a pair of pure functions; no variable inside. */
export interface Model {
  readonly spec: Spec
  /** Whether it has layers that normalise, so that the mode of a call matters. */
  readonly normalises: boolean
  init(rng: Rng, inputShape: readonly number[]): Weights
  /** `x`: `[n, ...inputShape]`. Returns the output and the state after this batch. */
  apply(
    weights: Weights,
    x: Tensor,
    options: { readonly norm: NormMode; readonly innerStep?: number; readonly rng?: Rng },
  ): { y: Tensor; state: Params }
}

/** What a learner has learned from tasks: its meta-parameters and what is carried beside them. */
export type Meta = Weights

/** What a learner has learned from one support set: prototypes, fast weights, a memory. */
export type Adapted = Params

export interface Context {
  /** The meta-step: a plain number, the same for all tasks of a call (annealing, schedules). */
  readonly step: number
  readonly rng: Rng
  readonly phase: 'train' | 'validate' | 'test'
}

/**
 * What a learner is and can do, of which results are labelled; JSON. The conformance suite asserts
 * the declared value in both directions.
 */
export interface Traits {
  /** May be tested with another number of classes than it was trained with. */
  readonly anyWay: boolean
  /** Permuting the labels permutes the predictions. */
  readonly classEquivariant: boolean
  /** Permuting the support set changes nothing. */
  readonly supportOrderInvariant: boolean
  /** Classes may have different numbers of support examples. */
  readonly unevenShots: boolean
  /** At test, the prediction for one query depends on the other queries. */
  readonly transductive: boolean
  /**
   * Queries that share batch statistics with one another at test: `all` of a task; `one`, each beside
   * the support set; `none`, where a query meets running statistics or no normalisation.
   */
  readonly queriesTogether: 'all' | 'one' | 'none'
  /** Gradient steps on the support set at test; 0 without an inner loop. */
  readonly innerSteps: number
  /** The number of classes that it was built for, where it is for no other. */
  readonly fixedWays?: number
  /** The net that it is built on, where it is on one. */
  readonly net?: Spec
}

/** The loss of one task, and what comes with it. */
export type TaskLoss = {
  /** Scalar, differentiable in `meta.params`. */
  readonly loss: Scalar
  readonly state: Params
  readonly metrics: { readonly [name: string]: Scalar }
}

/** A gradient with the loss it belongs to; over a meta-batch, each the mean over its tasks. */
export type MetaGradient = TaskLoss & { readonly gradient: Params }

/**
 * What the tasks of training are: episodes, pairs of examples (Siamese nets), or batches over all
 * training classes (a classifier). Validation and test are always episodes. `nothing`: there is
 * nothing to learn, and training returns what `init` has drawn.
 */
export type TaskKind = 'episodes' | 'pairs' | 'batches' | 'nothing'

/** A few-shot learner, written for ONE task. */
export interface MetaLearner<Task = Episode> {
  readonly spec: Spec
  readonly traits: Traits
  /** Default: episodes. */
  readonly trainsOn?: TaskKind
  init(rng: Rng, taskSpec: TaskSpec): Meta
  loss(meta: Meta, task: Task, ctx: Context): TaskLoss
  /** Only where the direction of learning is no derivative of `loss` (Reptile). */
  gradient?(meta: Meta, task: Task, ctx: Context): MetaGradient
  adapt(meta: Meta, support: Batch, ctx: Context): Adapted
  /** `x`: `[n, ...shape]`. Returns logits `[n, ways]`, or the output of a regression. */
  predict(meta: Meta, adapted: Adapted, x: Tensor, ctx: Context): Tensor
  /** The same learner with another number of inner steps at test, where it has an inner loop. */
  withInnerSteps?(steps: number): MetaLearner<Task>
}

/** A learner of any kind, where it is used and not trained. */
export type AnyLearner = MetaLearner<never>

/** Tasks that are run together. */
export interface TaskGroups {
  /** How many tasks at a time: a divisor or a multiple of 8. */
  readonly size: number
  /** The sums (not the means) of the tasks' gradients, losses, states and metrics. The caller owns them. */
  sum<Task>(
    learner: MetaLearner<Task>,
    meta: Meta,
    tasks: readonly Task[],
    contexts: readonly Context[],
  ): MetaGradient
}

/** How an episode was predicted. */
export interface EpisodeScore {
  /** The share of right answers, or the mean squared error of a regression. */
  readonly score: number
  /** The label predicted for each query, in order; absent in a regression. */
  readonly predicted?: readonly number[]
}

/** How the tasks of a meta-batch are run: one by one, at once, or on several cores. The caller owns the result. */
export interface Executor {
  readonly spec: Spec
  readonly name: string
  readonly groups: TaskGroups
  metaGradient<Task>(
    learner: MetaLearner<Task>,
    meta: Meta,
    tasks: readonly Task[],
    ctx: Context,
  ): MetaGradient | Promise<MetaGradient>
  /** The score of each episode, in order, where it has a way of its own; see `evaluate`. */
  scores?(
    learner: AnyLearner,
    meta: Meta,
    episodes: readonly Episode[],
    contexts: readonly Context[],
  ): Promise<EpisodeScore[]>
}
