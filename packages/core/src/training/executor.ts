import { add, div } from '@tensorflow/tfjs-core'
import { valueAndGrad } from '../autodiff'
import { KshotError } from '../errors'
import type { Context, Executor, Meta, MetaGradient, TaskGroups, Trainable } from '../learner'
import type { Spec } from '../spec'
import * as tree from '../tree'

/** Sums are taken in chunks of so many tasks: whatever computes the groups, the rounding is the same. */
export const CHUNK = 8

/**
 * An executor that runs groups of tasks one after the other and adds them as {@link addInChunks} does.
 * @throws `core/bad-group-size`
 * @example executor(spec, 'sequential', { size: 1, sum: (learner, meta, [task], [ctx]) => … })
 */
export function executor(spec: Spec, name: string, groups: TaskGroups): Executor {
  checkGroupSize(groups.size)
  return {
    spec,
    name,
    groups,
    metaGradient: (learner, meta, tasks, ctx) =>
      tree.tidy(() => {
        const contexts = taskContexts(ctx, 0, tasks.length)
        return meanOf(sumInGroups(groups, learner, meta, tasks, contexts), tasks.length)
      }),
  }
}

/** The sum over tasks, group after group. Run it in a tidy, as {@link addInChunks}. */
export function sumInGroups<Task>(
  groups: TaskGroups,
  learner: Trainable<Task>,
  meta: Meta,
  tasks: readonly Task[],
  contexts: readonly Context[],
): MetaGradient {
  const sums = function* () {
    for (const { from, to } of groupRanges(tasks.length, groups.size)) {
      yield groups.sum(learner, meta, tasks.slice(from, to), contexts.slice(from, to))
    }
  }
  return addInChunks(sums(), groups.size)
}

/** The groups of a meta-batch: which tasks each holds, `from` included, `to` not. */
export function groupRanges(tasks: number, size: number): { from: number; to: number }[] {
  return Array.from({ length: Math.ceil(tasks / size) }, (_, i) => ({
    from: i * size,
    to: Math.min(tasks, (i + 1) * size),
  }))
}

/**
 * The sum of the sums of groups, in their order: first within each chunk of {@link CHUNK} tasks, then
 * over the chunks. So the same groups give the same bytes, wherever they were computed.
 * Groups are taken from `sums` as they are needed. Run it in a tidy: what it took is not freed.
 * @param size tasks a group: a divisor or a multiple of 8
 */
export function addInChunks(sums: Iterable<MetaGradient>, size: number): MetaGradient {
  checkGroupSize(size)
  const groups = sums[Symbol.iterator]()
  let total: MetaGradient | undefined
  for (;;) {
    const chunk = nextChunk(groups, Math.max(1, CHUNK / size))
    if (!chunk) return total ?? noTasks()
    total = total ? addTrees(total, chunk) : chunk
  }
}

function nextChunk(groups: Iterator<MetaGradient>, count: number): MetaGradient | undefined {
  let chunk: MetaGradient | undefined
  tree.tidy(() => {
    for (let i = 0; i < count; i++) {
      const { done, value } = groups.next()
      if (done) break
      chunk = chunk ? addTrees(chunk, value) : value
    }
    return chunk ?? {}
  })
  return chunk
}

/** The mean of a meta-batch from its sum. */
export function meanOf(sum: MetaGradient, tasks: number): MetaGradient {
  return tree.map((tensor) => div(tensor, tasks), sum)
}

/** Each task of a meta-batch has its own generator, the same in every executor. */
export function taskContext(ctx: Context, task: number): Context {
  return { ...ctx, rng: ctx.rng.split(task) }
}

/** The contexts of tasks `from` … `to` - 1 of a meta-batch. */
export function taskContexts(ctx: Context, from: number, to: number): Context[] {
  return Array.from({ length: to - from }, (_, i) => taskContext(ctx, from + i))
}

/** The gradient of one task, by the learner's own rule where it has one. */
export function taskGradient<Task>(
  learner: Trainable<Task>,
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

function checkGroupSize(size: number): void {
  if (Number.isInteger(size) && size > 0 && (CHUNK % size === 0 || size % CHUNK === 0)) return
  throw new KshotError('core/bad-group-size', {
    got: `groups of ${size} tasks`,
    expected: `a divisor or a multiple of ${CHUNK}, so that chunks of ${CHUNK} hold whole groups`,
    remedy: 'Choose 1, 2, 4, 8, 16, …',
  })
}

function noTasks(): never {
  throw new KshotError('core/no-tasks', {
    got: 'a meta-batch without tasks',
    expected: 'at least one',
    remedy: 'Check metaBatch',
  })
}
