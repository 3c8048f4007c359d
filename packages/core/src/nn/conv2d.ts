import type { Tensor1D, Tensor4D } from '@tensorflow/tfjs-core'
import { add, conv2d as convolve } from '@tensorflow/tfjs-core'
import { drawWeight, type Initializer } from './init'
import { checkInputs, checkPictures } from './input-shape'
import type { Layer } from './layer'

export interface Conv2dOptions {
  readonly filters: number
  readonly kernelSize?: number
  readonly stride?: number
  readonly padding?: 'same' | 'valid'
  readonly bias?: boolean
  readonly weightInit?: Initializer
  readonly biasInit?: Initializer
}

/** Convolution: `[n, h, w, c]` with a filter `[k, k, c, filters]`; 'same' pads as TensorFlow does. */
export function conv2d({
  filters,
  kernelSize = 3,
  stride = 1,
  padding = 'same',
  bias = true,
  weightInit = 'torch',
  biasInit = 'torch',
}: Conv2dOptions): Layer {
  const side = (n: number) => Math.ceil((padding === 'same' ? n : n - kernelSize + 1) / stride)
  return {
    normalises: false,
    outputShape(shape) {
      checkPictures(shape)
      return [side(shape[0]!), side(shape[1]!), filters]
    },
    init(rng, [, , channels]) {
      const fan = { in: kernelSize ** 2 * channels!, out: kernelSize ** 2 * filters }
      const shape = [kernelSize, kernelSize, channels!, filters]
      const filter = drawWeight(rng.split('filter'), shape, fan, weightInit)
      if (!bias) return { params: { filter }, state: {} }
      const offset = drawWeight(rng.split('bias'), [filters], fan, biasInit)
      return { params: { filter, bias: offset }, state: {} }
    },
    apply({ params }, x) {
      const { filter, bias } = params as { filter: Tensor4D; bias?: Tensor1D }
      checkInputs('channels', filter.shape[2], x.shape[3]!)
      const y = convolve(x as Tensor4D, filter, stride, padding)
      return { y: bias ? add(y, bias) : y, state: {} }
    },
  }
}
