import type { Tensor } from '@tensorflow/tfjs-core'
import type { Params } from '../tree'
import { type BatchNormOptions, batchNorm, normalisation } from './batch-norm'
import { type Conv2dOptions, conv2d } from './conv2d'
import { checkInputs } from './input-shape'
import type { Layer } from './layer'
import { maxPool } from './pool'

export interface ConvBlockOptions extends Conv2dOptions, BatchNormOptions {
  /** Side of the max-pool window; 0 for none. */
  readonly pool?: number
}

/**
 * The block of few-shot learning's standard nets: conv 3×3, batch norm, ReLU, max-pool 2.
 *
 * With batch statistics the bias of the convolution cancels: it moves the running mean, and its
 * gradient is exactly zero.
 */
export function convBlock(options: ConvBlockOptions): Layer {
  const { pool = 2, stride = 1, padding = 'same' } = options
  const conv = conv2d(options)
  const norm = batchNorm(options)
  const normalise = normalisation(options)
  return {
    normalises: true,
    outputShape(shape) {
      const convolved = conv.outputShape(shape)
      return pool > 0 ? maxPool(pool).outputShape(convolved) : convolved
    },
    init(rng, inputShape) {
      const convWeights = conv.init(rng.split('conv'), inputShape)
      const { params, state } = norm.init(rng.split('norm'), conv.outputShape(inputShape))
      return { params: { conv: convWeights.params, norm: params }, state }
    },
    apply({ params, state }, x, options) {
      const weights = params as { conv: { filter: Tensor; bias?: Tensor }; norm: Params }
      const { filter, bias } = weights.conv
      checkInputs('channels', filter.shape[2]!, x.shape[3]!)
      const fused = { convolution: { filter, stride, padding }, bias, relu: true, pool }
      return normalise({ params: weights.norm, state }, x, { ...options, ...fused })
    },
  }
}
