import type { Scalar, Tensor } from '@tensorflow/tfjs-core'
import type { Rng } from './random'
import type { Spec } from './spec'
import type { Batch, Episode, TaskSpec } from './task'
import type { Params } from './tree'

/**
 * Which examples a normalisation layer normalises together.
 * - `running`: none; the running statistics of meta-training (each query is predicted alone)
 * - `batch-joint`: support and query in one batch, as Snell trains (transductive at test)
 * - `batch-separate`: the support set, and the query set, each with its own statistics (transductive)
 * - `support+one`: the support set plus ONE query, as in Reptile (not transductive)
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

/** A network as a pair of pure functions, without variables inside. */
export interface Model {
  readonly spec: Spec
  /** Whether it has normalisation layers, so that the mode of a call matters. */
  readonly normalises: boolean
  init(rng: Rng, inputShape: readonly number[]): Weights
  /** `x`: `[n, ...inputShape]`. Returns the output and the state after this batch. */
  apply(
    weights: Weights,
    x: Tensor,
    options: { readonly norm: NormMode; readonly innerStep?: number; readonly rng?: Rng },
  ): { y: Tensor; state: Params }
}

/** What a learner has learned from tasks: its meta-parameters and the state carried with them. */
export type Meta = Weights

/** What a learner has learned from one support set: prototypes, fast weights, a memory. */
export type Adapted = Params

export interface Context {
  /** The meta-step: a plain number, the same for all tasks of a call (annealing, schedules). */
  readonly step: number
  readonly rng: Rng
  readonly phase: 'train' | 'validate' | 'test'
  /** Only while a program is recorded; see `stepTensor`. */
  stepTensor?(shape: readonly number[], values: (step: number) => readonly number[]): Tensor
  /** Only while a program is recorded; see `stepDecides`. */
  stepDecides?<T extends string | number | boolean>(decide: (step: number) => T): T
}

/**
 * What a learner is and can do, as JSON that labels its results. The conformance suite asserts
 * the declared value in both directions.
 */
export interface Traits {
  /** May be tested with a number of classes different from training. */
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
   * Queries that share batch statistics at test: `all` of a task; `one`, each together with
   * the support set; `none`: queries use running statistics or no normalisation.
   */
  readonly queriesTogether: 'all' | 'one' | 'none'
  /** Gradient steps on the support set at test; 0 without an inner loop. */
  readonly innerSteps: number
  /** The number of classes, if it was built for a fixed one. */
  readonly fixedWays?: number
  /** The net that it is built on, if any. */
  readonly net?: Spec
  /** How it normalises at test, if it has a choice. */
  readonly normalisation?: Normalisation
  /** Its key among published numbers, if that is not its export: first-order MAML is `fomaml`. */
  readonly method?: string
}

/** The loss of one task, with metrics and state. */
export type TaskLoss = {
  /** Scalar, differentiable in `meta.params`. */
  readonly loss: Scalar
  readonly state: Params
  readonly metrics: { readonly [name: string]: Scalar }
}

/** A gradient and its loss; over a meta-batch, both are means over its tasks. */
export type MetaGradient = TaskLoss & { readonly gradient: Params }

/**
 * What the tasks of training are: episodes, pairs of examples (Siamese nets), or batches over all
 * training classes (a classifier). Validation and test are always episodes. `nothing`: there is
 * nothing to learn, and training returns what `init` drew.
 */
export type TaskKind = 'episodes' | 'pairs' | 'batches' | 'nothing'

/** What `metaTrain` needs: parameters, and a loss of ONE task. A learned optimizer is no more than this. */
export interface Trainable<Task = Episode> {
  readonly spec: Spec
  /** Default: episodes. */
  readonly trainsOn?: TaskKind
  init(rng: Rng, taskSpec: TaskSpec): Meta
  loss(meta: Meta, task: Task, ctx: Context): TaskLoss
  /** Only if the learning direction is not a derivative of `loss` (Reptile). */
  gradient?(meta: Meta, task: Task, ctx: Context): MetaGradient
}

/** A few-shot learner, written for ONE task. */
export interface MetaLearner<Task = Episode> extends Trainable<Task> {
  readonly traits: Traits
  adapt(meta: Meta, support: Batch, ctx: Context): Adapted
  /**
   * `x`: `[n, ...shape]`. Returns logits `[n, ways]`, or the output of a regression. It is not told how many
   * ways there are: whatever prediction needs of the support set, and the ways too, `adapt` puts into `adapted`.
   */
  predict(meta: Meta, adapted: Adapted, x: Tensor, ctx: Context): Tensor
  /** The same learner with a different number of inner steps at test, if it has an inner loop. */
  withInnerSteps?(steps: number): MetaLearner<Task>
}

/** A learner of any kind, for use without training. */
export type AnyLearner = MetaLearner<never>

/** Tasks that are run together. */
export interface TaskGroups {
  /** How many tasks run at a time: a divisor or a multiple of 8. */
  readonly size: number
  /** The sums (not the means) of the tasks' gradients, losses, states and metrics. The caller owns them. */
  sum<Task>(
    learner: Trainable<Task>,
    meta: Meta,
    tasks: readonly Task[],
    contexts: readonly Context[],
  ): MetaGradient
}

/** The predictions for one episode. */
export interface EpisodeScore {
  /** The fraction of correct answers, or the mean squared error of a regression. */
  readonly score: number
  /** The label predicted for each query, in order; absent in a regression. */
  readonly predicted?: readonly number[]
}

/** Runs the tasks of a meta-batch: one by one, at once, or on several cores. The caller owns the result. */
export interface Executor {
  readonly spec: Spec
  readonly name: string
  readonly groups: TaskGroups
  metaGradient<Task>(
    learner: Trainable<Task>,
    meta: Meta,
    tasks: readonly Task[],
    ctx: Context,
  ): MetaGradient | Promise<MetaGradient>
  /** The score of each episode, in order, if the executor scores episodes itself; see `evaluate`. */
  scores?(
    learner: AnyLearner,
    meta: Meta,
    episodes: readonly Episode[],
    contexts: readonly Context[],
  ): Promise<EpisodeScore[]>
}
