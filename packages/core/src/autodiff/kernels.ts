import {
  engine,
  getBackend,
  getKernel,
  type NamedAttrMap,
  type NamedTensorMap,
  type Tensor,
} from '@tensorflow/tfjs-core'

/**
 * Whether the active backend lacks the kernels of training, as stock wasm does.
 *
 * There gradients are composed of what it has and does fast: forward convolutions, matrix products
 * of two plain matrices, arithmetic with broadcasting. Elsewhere they run the backend's own kernels.
 */
export function lacksTrainingKernels(): boolean {
  return getKernel('Conv2DBackpropFilter', getBackend()) === undefined
}

export function runKernel(name: string, inputs: object, attrs: object): Tensor {
  return engine().runKernel(name, inputs as NamedTensorMap, attrs as unknown as NamedAttrMap)
}
