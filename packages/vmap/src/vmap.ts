import { type Params, tree } from '@kshot/core'
import { recovering } from '@kshot/core/backend'
import {
  engine,
  findBackend,
  getBackend,
  type KernelBackend,
  type Tensor,
  type TensorInfo,
} from '@tensorflow/tfjs-core'
import { drawsNumbers, explained, insideGradient, isAsync, nested, tasksDiffer } from './errors'
import { registerKernels } from './kernels'
import { TasksBackend, withBackend } from './tasks-backend'

const PREFIX = 'tasks/'

/**
 * A function written for one task, run on all tasks at once: each kernel once, whatever their number.
 *
 * The leaves of each argument have the tasks as their first axis, `[tasks, ...shape]`; `f` sees
 * `[...shape]`. So do the leaves of what it returns. What `f` closes over is the same for all tasks.
 * Gradients are taken inside `f`. All that `f` makes is freed but its result, which is the caller's;
 * an exception frees all, and TensorFlow.js is as it was.
 *
 * @throws `vmap/reads-values`, `vmap/random`, `vmap/nested`, `vmap/inside-gradient`, `vmap/async`,
 * `vmap/tasks-differ`, and `vmap/unknown-kernel` naming a kernel that cannot run for all tasks at once
 * @example
 * const slopes = vmap((x: Tensor, y: Tensor) => grad((w: Tensor) => loss(w, x, y))(weights))(xs, ys)
 */
export function vmap<Inputs extends readonly Params[], Result extends Params>(
  f: (...inputs: Inputs) => Result,
): (...inputs: Inputs) => Result {
  return (...inputs) => {
    if (getBackend().startsWith(PREFIX)) throw nested()
    if (engine().state.gradientDepth > 0) throw insideGradient()
    const tasks = countTasks(inputs)
    const backend = tasksBackend()
    try {
      return backend.forTasks(tasks, () =>
        tree.tidy(() => recovering(() => runTasks(backend, f, inputs))),
      )
    } catch (error) {
      throw explained(error)
    }
  }
}

function runTasks<Inputs extends readonly Params[], Result extends Params>(
  backend: TasksBackend,
  f: (...inputs: Inputs) => Result,
  inputs: Inputs,
): Result {
  const leaving: TensorInfo[] = []
  let result: Result | undefined
  withBackend(PREFIX + backend.base.name, backend, () =>
    tree.tidy(() => {
      const logical = tree.map((x) => made(backend.enter(x)), inputs as Params) as Inputs
      result = withoutChance(() => f(...logical))
      if (result instanceof Promise) throw isAsync(result)
      for (const y of tree.leaves(result)) leaving.push(backend.leave(y))
      return []
    }),
  )
  const outputs = leaving.map((info) => made(info))
  return tree.unflatten(result!, outputs)
}

/** A tensor of the active backend. */
function made(info: TensorInfo): Tensor {
  return engine().makeTensorFromTensorInfo(info)
}

function countTasks(inputs: readonly Params[]): number {
  const leaves = tree.flatten(inputs)
  const shapes = leaves.map(([, { shape }]) => shape)
  const tasks = shapes[0]?.[0]
  const other = shapes.findIndex((shape) => shape[0] !== tasks)
  if (tasks !== undefined && tasks > 0 && other < 0) return tasks
  throw tasksDiffer(leaves[Math.max(other, 0)]?.[0] ?? '', shapes.slice(0, other + 1))
}

const backends = new WeakMap<KernelBackend, TasksBackend>()

/** The tasks backend on top of the active one. */
function tasksBackend(): TasksBackend {
  const name = getBackend()
  const base = findBackend(name)
  const backend = backends.get(base) ?? new TasksBackend({ name, backend: base })
  backends.set(base, backend)
  // each time: the base may have got kernels meanwhile
  registerKernels(PREFIX + name, name)
  return backend
}

/** Runs `f` with a Math.random that throws: TensorFlow.js seeds its random operations with it. */
function withoutChance<T>(f: () => T): T {
  const { random } = Math
  Math.random = () => {
    throw drawsNumbers('Math.random (tf.randomNormal, tf.dropout and others without a seed)')
  }
  try {
    return f()
  } finally {
    Math.random = random
  }
}
