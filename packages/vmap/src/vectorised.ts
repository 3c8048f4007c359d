import {
  type Context,
  type Executor,
  executor,
  type Meta,
  type MetaGradient,
  type MetaLearner,
  type Params,
  taskGradient,
  tree,
} from '@kshot/core'
import { add, sum, type Tensor } from '@tensorflow/tfjs-core'
import { joinTasks, shapeOf, stackTasks } from './joined-task'
import { rngOfTasks } from './rng'
import { vmap } from './vmap'

export interface VectorisedOptions {
  /** Tasks at a time: memory grows with it, speed hardly above 8. A divisor or a multiple of 8. */
  readonly tasks?: number
}

/**
 * The executor that runs tasks at once: each kernel once for a group of tasks, in the place of once a
 * task. For any learner that computes with tensors only. Tasks of another shape run apart.
 *
 * Gradients equal those of `sequential()` but for rounding.
 * @throws what {@link vmap} throws
 * @example await metaTrain({ learner, tasks, metaBatch: 32, executor: vectorised(), … })
 */
export function vectorised({ tasks = 8 }: VectorisedOptions = {}): Executor {
  const spec = { package: '@kshot/vmap', export: 'vectorised', options: { tasks } }
  return executor(spec, 'vectorised', { size: tasks, sum: sumOf })
}

/** The sum over a group: over each set of tasks of one shape, then over the sets. */
function sumOf<Task>(
  learner: MetaLearner<Task>,
  meta: Meta,
  tasks: readonly Task[],
  contexts: readonly Context[],
): MetaGradient {
  return tree.tidy(() =>
    alike(tasks)
      .map((set) =>
        atOnce(
          learner,
          meta,
          set.map((i) => tasks[i]!),
          set.map((i) => contexts[i]!),
        ),
      )
      .reduce((a, b) => tree.zip(([x, y]) => add(x!, y!), a, b)),
  )
}

/** The numbers of the tasks, those of one shape together. */
function alike(tasks: readonly unknown[]): number[][] {
  const sets = new Map<string, number[]>()
  tasks.forEach((task, i) => {
    const shape = shapeOf(task)
    sets.set(shape, [...(sets.get(shape) ?? []), i])
  })
  return [...sets.values()]
}

function atOnce<Task>(
  learner: MetaLearner<Task>,
  meta: Meta,
  tasks: readonly Task[],
  contexts: readonly Context[],
): MetaGradient {
  if (tasks.length === 1) return taskGradient(learner, meta, tasks[0]!, contexts[0]!)
  return tree.tidy(() => {
    const ctx = joinContexts(contexts)
    const each = vmap((tensors: readonly Tensor[]): Params => {
      return taskGradient(learner, meta, joinTasks(tasks, tensors), ctx)
    })(stackTasks(tasks)) as MetaGradient
    return tree.map((x) => sum(x, 0), each)
  })
}

function joinContexts(contexts: readonly Context[]): Context {
  return { ...contexts[0]!, rng: rngOfTasks(contexts.map(({ rng }) => rng)) }
}
