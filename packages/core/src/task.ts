import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core'
import type { Spec } from './spec'
import { isTensor } from './tree'

/** A class across data sets, for example `Sanskrit/character12/rot90`. */
export type ClassId = string

/** Which episode of which source this is. */
export interface EpisodeId {
  readonly source: string
  readonly index: number
}

/** Examples and their labels. */
export interface Batch {
  /** `[n, ...shape]` */
  readonly x: Tensor
  /** int32 `[n]` in 0 … ways - 1, or float `[n, ...]` for regression. */
  readonly y: Tensor
  /** The number of classes; absent for regression. A plain number, so nothing has to be read back. */
  readonly ways?: number
}

/** Pairs of examples, and whether both belong to one class: what Siamese nets train on. */
export interface PairBatch {
  /** `[n, ...shape]` */
  readonly left: Tensor
  readonly right: Tensor
  /** int32 `[n]`: 1 for one class, 0 for two. */
  readonly same: Tensor1D
}

/** One few-shot task: learn from `support`, test on `query`. */
export interface Episode {
  readonly support: Batch
  readonly query: Batch
  /** The class behind each label. */
  readonly classes?: readonly ClassId[]
  readonly id: EpisodeId
}

/** What a learner must know about its tasks before it can initialise its parameters. */
export interface TaskSpec {
  /** Shape of one example, without the batch, for example `[28, 28, 1]`. */
  readonly inputShape: readonly number[]
  /** Number of classes, if fixed. */
  readonly ways?: number
  /** Shape of one target, for regression. */
  readonly outputShape?: readonly number[]
}

/**
 * Tasks by number: task i is the same in every process, whenever it is asked for.
 * The caller owns the task and disposes of it.
 */
export interface TaskSource<Task = Episode> {
  (index: number): Task | Promise<Task>
  readonly spec: Spec
  readonly taskSpec: TaskSpec
}

/** Frees every tensor in a task, at any depth. */
export function disposeTask(task: unknown): void {
  if (isTensor(task)) task.dispose()
  else if (Array.isArray(task)) task.forEach(disposeTask)
  else if (typeof task === 'object' && task !== null) Object.values(task).forEach(disposeTask)
}

/** How many examples (images, sentences, points) a task contains, however often they are used. */
export function countExamples(task: unknown): number {
  if (typeof task !== 'object' || task === null || isTensor(task)) return 0
  if ('x' in task && isTensor(task.x)) return task.x.shape[0] ?? 0
  if ('left' in task && isTensor(task.left)) return 2 * (task.left.shape[0] ?? 0)
  return Object.values(task).reduce((sum: number, part) => sum + countExamples(part), 0)
}
