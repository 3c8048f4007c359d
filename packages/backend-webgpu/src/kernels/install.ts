import { KshotError } from '@kshot/core'
import { isOwnKernel, type OwnKernel } from '@kshot/core/backend'
import {
  getKernel,
  getKernelsForBackend,
  type KernelFunc,
  registerKernel,
  type TensorInfo,
  unregisterKernel,
} from '@tensorflow/tfjs-core'
import type { Call, Kernel, Kernels } from './kernel'

const backendName = 'webgpu'

/**
 * Replaces TensorFlow.js' own kernels, and those that were installed before. Each layer has
 * what lies below it for what it leaves.
 */
export function install(layers: readonly Kernels[]): void {
  uninstall()
  for (const kernelName of new Set(layers.flatMap(Object.keys))) {
    const replaces = getKernel(kernelName, backendName)
    const own = layers.flatMap((layer) => layer[kernelName] ?? [])
    const kernelFunc = kernelOf(kernelName, own, replaces?.kernelFunc)
    if (replaces) unregisterKernel(kernelName, backendName)
    registerKernel({ ...replaces, kernelName, backendName, kernelFunc, replaces } as OwnKernel)
  }
}

function uninstall(): void {
  for (const config of getKernelsForBackend(backendName).filter(isOwnKernel)) {
    unregisterKernel(config.kernelName, backendName)
    if (config.replaces) registerKernel(config.replaces)
  }
}

function kernelOf(
  name: string,
  layers: readonly Kernel[],
  stock: KernelFunc | undefined,
): KernelFunc {
  type Run = (call: Call) => TensorInfo | TensorInfo[]
  const bottom: Run = (call) => {
    if (!stock) throw noKernel(name)
    return stock(call)
  }
  const run = layers.reduce<Run>(
    (below, layer) => (call) =>
      layer(call, (part) => below({ ...part, backend: call.backend }) as TensorInfo),
    bottom,
  )
  return (call) => run(call as Call)
}

function noKernel(name: string): KshotError {
  return new KshotError('webgpu/no-kernel', {
    got: `the kernel ${name} for inputs that it does not support`,
    expected: 'inputs of type float32',
    remedy: 'Cast them',
  })
}
