import { getKernel, registerKernel } from '@tensorflow/tfjs-core'
import type { TasksBackend } from '../tasks-backend'
import { elementwise } from './elementwise'
import { images } from './image'
import type { Kernels } from './kernel'
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
  ...oneByOne,
}

// What these are made of: they need no kernel of the same name on the base.
const COMPOSED = new Set(['AddN', 'BroadcastTo', 'ExpandDims', 'OnesLike', 'Reshape', 'ZerosLike'])

/**
 * Registers the kernels of the tasks backend: those that its base has too. So code that asks which
 * kernels there are, and composes what is missing, does so under vmap as well.
 */
export function registerKernels(name: string, backend: TasksBackend): void {
  for (const [kernelName, kernel] of Object.entries(kernels)) {
    if (getKernel(kernelName, name)) continue
    if (!backend.has(kernelName) && !COMPOSED.has(kernelName)) continue
    registerKernel({
      kernelName,
      backendName: name,
      kernelFunc: ({ inputs, attrs, backend }) => {
        const tasks = backend as TasksBackend
        return tasks.during(() => kernel(tasks, { inputs, attrs, name: kernelName }))
      },
    })
  }
}
