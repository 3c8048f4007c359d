import { isOwnKernel, type OwnKernel } from '@kshot/core/backend'
import {
  getKernel,
  getKernelsForBackend,
  type KernelFunc,
  type NamedAttrMap,
  registerKernel,
  unregisterKernel,
} from '@tensorflow/tfjs-core'
import { type Kernels, stockCall } from './kernel'
import type { Native } from './native'

const backendName = 'wasm'

/** Replaces TensorFlow.js' own kernels, and those that were installed before. */
export function install(kernels: Kernels, native: Native): void {
  uninstall()
  for (const [kernelName, kernel] of Object.entries(kernels)) {
    const replaces = getKernel(kernelName, backendName)
    const stock = replaces?.kernelFunc
    const own = kernel(native, stockCall(kernelName, native, stock))
    const kernelFunc: KernelFunc = ({ inputs, attrs, backend }) =>
      backend === native.backend || !stock
        ? own({ inputs, attrs: attrs as NamedAttrMap })
        : stock({ inputs, attrs: attrs as NamedAttrMap, backend })
    replace({ ...replaces, kernelName, backendName, kernelFunc, replaces } as OwnKernel)
  }
}

/** Gives TensorFlow.js its own kernels back. */
export function uninstall(): void {
  for (const config of getKernelsForBackend(backendName).filter(isOwnKernel)) {
    unregisterKernel(config.kernelName, backendName)
    if (config.replaces) registerKernel(config.replaces)
  }
}

function replace(config: OwnKernel): void {
  if (config.replaces) unregisterKernel(config.kernelName, backendName)
  registerKernel(config)
}
