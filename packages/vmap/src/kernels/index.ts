import {
  getKernel,
  type KernelConfig,
  registerKernel,
  unregisterKernel,
} from '@tensorflow/tfjs-core'
import type { TasksBackend } from '../tasks-backend'
import { batchNorms } from './batch-norm'
import { elementwise } from './elementwise'
import { images } from './image'
import type { Kernel, Kernels } from './kernel'
import { oneByOne } from './one-by-one'
import { products } from './product'
import { reductions } from './reduction'
import { shapes } from './shape'

export const kernels: Kernels = {
  ...elementwise,
  ...shapes,
  ...reductions,
  ...products,
  ...images,
  ...batchNorms,
  ...oneByOne,
}

// What these are made of: they need no kernel of the same name on the base.
const COMPOSED = new Set(['AddN', 'BroadcastTo', 'ExpandDims', 'OnesLike', 'Reshape', 'ZerosLike'])

/**
 * Registers the kernels of the tasks backend: those that its base has now. So code that asks which
 * kernels there are, and composes what is missing, does so under vmap as well.
 */
export function registerKernels(name: string, base: string): void {
  for (const [kernelName, kernel] of Object.entries(kernels)) {
    const [below, registered] = [getKernel(kernelName, base), getKernel(kernelName, name)]
    const possible = below !== undefined || COMPOSED.has(kernelName)
    if (possible && registered && (registered as TasksKernel).below === below) continue
    if (registered) unregisterKernel(kernelName, name)
    if (possible) registerKernel(tasksKernel(name, kernelName, kernel, below))
  }
}

interface TasksKernel extends KernelConfig {
  readonly below: KernelConfig | undefined
}

function tasksKernel(
  backendName: string,
  kernelName: string,
  kernel: Kernel,
  below: KernelConfig | undefined,
): TasksKernel {
  return {
    // what marks that of the base as kshot's own marks this one
    ...below,
    below,
    backendName,
    kernelName,
    kernelFunc: ({ inputs, attrs, backend }) => {
      const tasks = backend as TasksBackend
      return tasks.during(() => kernel(tasks, { inputs, attrs, name: kernelName }))
    },
  }
}
