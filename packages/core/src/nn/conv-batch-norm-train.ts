import { conv2d, engine, ones, type Tensor, type Tensor4D } from '@tensorflow/tfjs-core'
import { offTape } from '../autodiff/gradients/gradient'
import {
  BatchNormPoolGrad,
  type BatchNormTrainAttrs,
  ConvBatchNormPool,
  ConvBatchNormPoolGrad,
} from '../kernels'
import {
  type BatchNormTrained,
  type BatchNormTrainOptions,
  batchNormTrain,
  has,
} from './batch-norm-train'

/** A convolution of `[n, h, w, c]`, without bias. */
export interface Convolution {
  /** `[k, k, c, o]`. */
  readonly filter: Tensor
  readonly stride: number
  readonly padding: 'same' | 'valid'
}

export function convolve(x: Tensor, { filter, stride, padding }: Convolution): Tensor {
  return conv2d(x as Tensor4D, filter as Tensor4D, stride, padding)
}

/**
 * {@link batchNormTrain} of a convolution. Of grey images, and where no second derivative can be wanted, it is
 * one kernel each way where the backend has it: what lies between convolution and pool is never written.
 */
export function convBatchNormTrain(
  x: Tensor,
  convolution: Convolution,
  gamma: Tensor | undefined,
  beta: Tensor,
  options: BatchNormTrainOptions,
): BatchNormTrained {
  if (!fits(x, convolution, options) || engine().state.gradientDepth > 1 || !has(KERNELS)) {
    return batchNormTrain(convolve(x, convolution), gamma, beta, options)
  }
  const { epsilon, relu = false } = options
  const { filter } = convolution
  const inputs = { x, filter, gamma: gamma ?? offTape(() => ones(beta.shape)), beta }
  const attrs: BatchNormTrainAttrs = { epsilon, relu, groups: 1 }
  const [y, mean, variance] = engine().runKernel(ConvBatchNormPool, inputs, attrs) as Tensor[]
  return { y: y!, mean: mean!, variance: variance!, count: x.size }
}

const KERNELS = [ConvBatchNormPool, ConvBatchNormPoolGrad, BatchNormPoolGrad]

function fits(
  x: Tensor,
  { filter, stride, padding }: Convolution,
  { pool }: BatchNormTrainOptions,
): boolean {
  const [height, width, channels, filters] = filter.shape
  const small = height === 3 && width === 3 && channels === 1 && filters! % 8 === 0
  return small && stride === 1 && padding === 'same' && pool === 2 && x.dtype === 'float32'
}
