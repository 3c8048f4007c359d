import type { NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs-core'
import type { TasksBackend } from '../tasks-backend'

/**
 * A kernel on logical tensors. What it returns is logical: {@link TasksBackend.logical} of a result of
 * the base, or a tensor under another shape.
 */
export type Kernel = (
  backend: TasksBackend,
  // biome-ignore lint/suspicious/noExplicitAny: each kernel has its own attributes
  call: { readonly inputs: any; readonly attrs: any; readonly name: string },
) => TensorInfo | TensorInfo[]

/** Kernels by name. */
export type Kernels = { readonly [name: string]: Kernel }

/** One way of running for several kernels. */
export function each(names: readonly string[], kernel: Kernel): Kernels {
  return Object.fromEntries(names.map((name) => [name, kernel]))
}

/** The inputs of a list (concat, stack, addN), in order. */
export function listed(inputs: NamedTensorInfoMap): TensorInfo[] {
  return Object.values(inputs) as TensorInfo[]
}

/** Whether any of the tensors has a separate value for each task. */
export function anyPerTask(backend: TasksBackend, inputs: readonly TensorInfo[]): boolean {
  return inputs.some((x) => backend.tasksOf(x) > 1)
}

/** The tensors as they lie on the base, all shared, or all with a value for each task. */
export function alike(backend: TasksBackend, inputs: readonly TensorInfo[]): TensorInfo[] {
  const perTask = anyPerTask(backend, inputs)
  return inputs.map((x) => (perTask ? backend.storedForEach(x) : backend.stored(x)))
}
