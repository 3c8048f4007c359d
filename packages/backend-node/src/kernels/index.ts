import type { OwnKernel } from '@kshot/core/backend'
import { getKernel, type KernelConfig, registerKernel } from '@tensorflow/tfjs-core'
import type { NativeBackend } from '../native-backend'
import { batchNorms } from './batch-norm'
import { convolutions } from './conv'
import { elementwise } from './elementwise'
import { fused } from './fused'
import { gathers } from './gather'
import { direct, grouped } from './grouped'
import { images } from './image'
import type { Kernel, Kernels } from './kernel'
import { optimizers } from './optimizer'
import { pools } from './pool'
import { ownPools } from './pool-own'
import { products } from './product'
import { reductions } from './reduction'
import { shapes } from './shape'

/** Kernels that do what TensorFlow.js' own of that name do. */
const usual: Kernels = {
  ...elementwise,
  ...reductions,
  ...shapes,
  ...gathers,
  ...products,
  ...convolutions,
  ...pools,
  ...images,
  ...fused,
}

/** Kernels that run on memory of the CPU, where kshot built the binding. */
const own: Kernels = { ...ownPools, ...batchNorms, ...grouped, ...optimizers }

/** Registers the kernels of a backend of this name, with kshot's own or without, once. */
export function registerKernels(backendName: string, withOwn: boolean): void {
  const [more, same] = withOwn ? [own, { ...usual, ...direct }] : [{}, usual]
  for (const [name, kernel] of Object.entries(more)) {
    register({ ...config(backendName, name, kernel), replaces: undefined } as OwnKernel)
  }
  for (const [name, kernel] of Object.entries(same)) register(config(backendName, name, kernel))
}

function register(kernel: KernelConfig): void {
  if (!getKernel(kernel.kernelName, kernel.backendName)) registerKernel(kernel)
}

function config(backendName: string, kernelName: string, kernel: Kernel): KernelConfig {
  return {
    kernelName,
    backendName,
    kernelFunc: ({ inputs, attrs, backend }) =>
      kernel(backend as NativeBackend, { inputs, attrs: attrs ?? {} }),
  }
}
