import {
  BatchNormPool,
  BatchNormPoolGrad,
  BatchNormPoolGradGrad,
  BatchNormTrain,
  type BatchNormTrainAttrs,
  BatchNormTrainGrad,
  BatchNormTrainGradGrad,
} from '@kshot/core/backend'
import { type TensorInfo, util } from '@tensorflow/tfjs-core'
import type { Kernel, Kernels } from './kernel'

/** Batch norm with the statistics of the batch and its two derivatives, in kernels of our own. */
export const batchNorms: Kernels = {
  [BatchNormTrain]: kernel('batchNorm', false),
  [BatchNormTrainGrad]: kernel('batchNormGrad', false),
  [BatchNormTrainGradGrad]: kernel('batchNormGradGrad', false),
  [BatchNormPool]: kernel('batchNorm', true),
  [BatchNormPoolGrad]: kernel('batchNormGrad', true),
  [BatchNormPoolGradGrad]: kernel('batchNormGradGrad', true),
}

/** In the order of the native kernels' arguments. */
const INPUTS = {
  batchNorm: ['x', 'gamma', 'beta'],
  batchNormGrad: ['dy', 'x', 'gamma', 'beta', 'mean', 'variance'],
  batchNormGradGrad: ['ddx', 'ddgamma', 'ddbeta', 'dy', 'x', 'gamma', 'beta', 'mean', 'variance'],
} as const

function kernel(name: keyof typeof INPUTS, pool: boolean): Kernel {
  return (backend, { inputs, attrs }) => {
    const { groups, relu, epsilon }: BatchNormTrainAttrs = attrs
    const { x, gamma } = inputs as { x: TensorInfo; gamma: TensorInfo }
    const group = groups > 1 ? [groups] : []
    const rows = x.shape.slice(group.length, -1)
    const c = x.shape.at(-1)!
    const [n, h, w] = pool ? rows : [util.sizeFromShape(rows), 1, 1]
    const shared = groups === 1 || util.sizeFromShape(gamma.shape) === c
    const numbers = [n!, h!, w!, c, groups, Number(pool), Number(relu), epsilon, Number(shared)]
    const y = pool ? [...group, n!, Math.floor(h! / 2), Math.floor(w! / 2), c] : x.shape
    const channels = [...group, c]
    const shapes = {
      batchNorm: [y, channels, channels],
      batchNormGrad: [x.shape, channels, channels],
      batchNormGradGrad: [y, x.shape, channels],
    }[name]
    const operands = INPUTS[name].map((input) => inputs[input])
    return backend.runOwn(name, numbers, operands, shapes)
  }
}
