import type { Params } from '../tree'
import { activation } from './activation'
import { type BatchNormOptions, batchNorm } from './batch-norm'
import { type Conv2dOptions, conv2d } from './conv2d'
import type { Layer } from './layer'
import { maxPool } from './pool'

export interface ConvBlockOptions extends Conv2dOptions, BatchNormOptions {
  /** Side of the max-pool window; 0 for none. */
  readonly pool?: number
}

/** The block of few-shot learning's standard nets: conv 3×3, batch norm, ReLU, max-pool 2. */
export function convBlock(options: ConvBlockOptions): Layer {
  const { pool = 2 } = options
  const conv = conv2d(options)
  const norm = batchNorm(options)
  const tail = [activation('relu'), ...(pool > 0 ? [maxPool(pool)] : [])]
  return {
    outputShape: (shape) =>
      [conv, ...tail].reduce((current, layer) => layer.outputShape(current), shape),
    init(rng, inputShape) {
      const drawn = conv.init(rng.split('conv'), inputShape)
      const { params, state } = norm.init(rng.split('norm'), conv.outputShape(inputShape))
      return { params: { conv: drawn.params, norm: params }, state }
    },
    apply({ params, state }, x, options) {
      const weights = params as { conv: Params; norm: Params }
      const convolved = conv.apply({ params: weights.conv, state: {} }, x, options).y
      const normed = norm.apply({ params: weights.norm, state }, convolved, options)
      const empty = { params: {}, state: {} }
      const y = tail.reduce((value, layer) => layer.apply(empty, value, options).y, normed.y)
      return { y, state: normed.state }
    },
  }
}
