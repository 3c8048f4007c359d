import { isOwnKernel, KshotError, type OwnKernel } from '@kshot/core'
import {
  getKernel,
  type KernelFunc,
  registerKernel,
  type TensorInfo,
  unregisterKernel,
} from '@tensorflow/tfjs-core'
import type { Call, Kernel, Kernels } from './kernel'

const backendName = 'webgpu'

/** Registers kernels in the place of TensorFlow.js' own; those that are there already stay. */
export function install(kernels: Kernels): void {
  for (const [kernelName, kernel] of Object.entries(kernels)) {
    const replaces = getKernel(kernelName, backendName)
    if (replaces && isOwnKernel(replaces)) continue
    if (replaces) unregisterKernel(kernelName, backendName)
    const kernelFunc = kernelOf(kernelName, kernel, replaces?.kernelFunc)
    registerKernel({ ...replaces, kernelName, backendName, kernelFunc, replaces } as OwnKernel)
  }
}

function kernelOf(name: string, own: Kernel, stock: KernelFunc | undefined): KernelFunc {
  return ({ inputs, attrs, backend }) => {
    const call = { inputs, attrs, backend } as unknown as Call
    return own(call, ({ inputs, attrs }) => {
      if (!stock) throw noKernel(name)
      return stock({ inputs, attrs, backend }) as TensorInfo
    })
  }
}

function noKernel(name: string): KshotError {
  return new KshotError('webgpu/no-kernel', {
    got: `the kernel ${name} for inputs that it is not made for`,
    expected: 'inputs of type float32',
    remedy: 'Cast them',
  })
}
