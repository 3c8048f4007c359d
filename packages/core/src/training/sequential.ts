import { add, div } from '@tensorflow/tfjs-core'
import { valueAndGrad } from '../autodiff'
import type { Context, Executor, Meta, MetaGradient, MetaLearner } from '../learner'
import * as tree from '../tree'

/** Sums are taken in chunks of so many tasks: whatever computes the chunks, the rounding is the same. */
export const CHUNK = 8

/** Runs the tasks of a meta-batch one by one: the reference for every other executor. */
export function sequential(): Executor {
  return { name: 'sequential', metaGradient: sequentialMetaGradient }
}

function sequentialMetaGradient<Task>(
  learner: MetaLearner<Task>,
  meta: Meta,
  tasks: readonly Task[],
  ctx: Context,
): MetaGradient {
  return tree.tidy(() => {
    const sums = chunksOf(tasks, CHUNK).map((chunk, c) =>
      tree.tidy(() =>
        chunk
          .map((task, i) => taskGradient(learner, meta, task, taskContext(ctx, c * CHUNK + i)))
          .reduce(addTrees),
      ),
    )
    return tree.map((sum) => div(sum, tasks.length), sums.reduce(addTrees))
  })
}

/** Each task of a meta-batch has a generator of its own, the same in every executor. */
export function taskContext(ctx: Context, task: number): Context {
  return { ...ctx, rng: ctx.rng.split(task) }
}

/** The gradient of one task, by the learner's own rule where it has one. */
export function taskGradient<Task>(
  learner: MetaLearner<Task>,
  meta: Meta,
  task: Task,
  ctx: Context,
): MetaGradient {
  return tree.tidy(() => {
    if (learner.gradient) return learner.gradient(meta, task, ctx)
    const { value, gradient, aux } = valueAndGrad((params: tree.Params) => {
      const { loss, state, metrics } = learner.loss({ params, state: meta.state }, task, ctx)
      return { value: loss, aux: { state, metrics } }
    })(meta.params)
    return { loss: value, gradient, ...aux }
  })
}

function addTrees<T extends tree.Params>(a: T, b: T): T {
  return tree.zip(([x, y]) => add(x!, y!), a, b)
}

function chunksOf<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) =>
    items.slice(i * size, (i + 1) * size),
  )
}
