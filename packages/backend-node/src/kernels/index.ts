import type { OwnKernel } from '@kshot/core'
import { getKernel, type KernelConfig, registerKernel } from '@tensorflow/tfjs-core'
import type { NativeBackend } from '../native-backend'
import { convolutions } from './conv'
import { elementwise } from './elementwise'
import { fused } from './fused'
import { gathers } from './gather'
import { images } from './image'
import type { Kernel, Kernels } from './kernel'
import { pools } from './pool'
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
  ...images,
  ...fused,
}

/** Kernels that do more, or that TensorFlow.js does not have. */
const own: Kernels = { ...pools }

/** Registers all kernels for a backend of this name, once. */
export function registerKernels(backendName: string): void {
  for (const [name, kernel] of Object.entries(usual)) register(config(backendName, name, kernel))
  for (const [name, kernel] of Object.entries(own)) {
    register({ ...config(backendName, name, kernel), replaces: undefined } as OwnKernel)
  }
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
