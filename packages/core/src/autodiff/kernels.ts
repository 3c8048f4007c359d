import {
  engine,
  getBackend,
  getKernel,
  type NamedAttrMap,
  type NamedTensorMap,
  type Tensor,
} from '@tensorflow/tfjs-core'
import { isOwnKernel } from '../kernels'

/** Whether the active backend has a kernel of this name. */
export function hasKernel(name: string): boolean {
  return getKernel(name, getBackend()) !== undefined
}

/** Whether the active backend has a kernel of this name that is not TensorFlow.js' own. */
export function hasOwnKernel(name: string): boolean {
  const config = getKernel(name, getBackend())
  return config !== undefined && isOwnKernel(config)
}

/**
 * Whether TensorFlow.js' own wasm kernel would run. Some are wrong or many times slower than other ways
 * to the same value: there gradients are composed of what stock wasm does fast, forward convolutions,
 * products of two plain matrices, arithmetic with broadcasting.
 */
export function isStockWasm(name: string): boolean {
  // by itself, or below vmap's `tasks/wasm`
  return getBackend().split('/').at(-1) === 'wasm' && !hasOwnKernel(name)
}

export function runKernel(name: string, inputs: object, attrs: object): Tensor {
  return engine().runKernel(name, inputs as NamedTensorMap, attrs as NamedAttrMap)
}

/** Of a kernel with several results. */
export function runKernels(name: string, inputs: object, attrs: object): Tensor[] {
  return engine().runKernel(name, inputs as NamedTensorMap, attrs as NamedAttrMap)
}
