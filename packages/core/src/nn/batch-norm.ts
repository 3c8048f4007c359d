import { add, mul, ones, rsqrt, sub, type Tensor, zeros } from '@tensorflow/tfjs-core'
import { offTape } from '../autodiff/gradients/gradient'
import type { Params } from '../tree'
import * as tree from '../tree'
import { type BatchNormTrainOptions, batchNormTrain, finish } from './batch-norm-train'
import { type Convolution, convBatchNormTrain, convolve } from './conv-batch-norm-train'
import { type Rows, rowOf, whole } from './inner-step-rows'
import type { Layer, LayerOptions } from './layer'
import { maxPool } from './pool'

export interface BatchNormOptions {
  /** Added to the variance. */
  readonly eps?: number
  /** Weight of the newest batch in the running statistics. */
  readonly momentum?: number
  /** Whether γ is learned; the networks of Finn et al. 2017 have none. Default true. */
  readonly gamma?: boolean
  /**
   * Separate γ, β and running statistics for each of this many inner steps (MAML++, Antoniou et al.
   * 2019, section 4): rows `[steps, c]`, of which `innerStep` chooses one; later steps use the last.
   */
  readonly innerSteps?: number
}

/** What follows a batch norm and is computed in one kernel with it, where the backend has that. */
export type Epilogue = Pick<BatchNormTrainOptions, 'relu' | 'pool'>

/** What is fused with a batch norm: a convolution before it, a ReLU and a max-pool after. */
export interface Fused extends Epilogue {
  readonly convolution?: Convolution
  /** `[c]`, that of the convolution. */
  readonly bias?: Tensor | undefined
}

/**
 * Batch normalisation over all axes but the last (Ioffe & Szegedy 2015, algorithm 1):
 * y = γ (x − μ) / √(σ² + eps) + β.
 *
 * Mode `batch` takes μ and the biased σ² from the batch and moves the running statistics
 * (with the unbiased σ², as PyTorch does), which have no derivative; `running` takes them from the
 * state; `none` passes x on. A ReLU and a max-pool may follow, in one kernel where the backend has it.
 */
export function batchNorm(options: BatchNormOptions & Epilogue = {}): Layer {
  const normalise = normalisation(options)
  const { gamma = true, innerSteps, relu, pool } = options
  return {
    normalises: true,
    outputShape: (shape) => (pool ? maxPool(pool).outputShape(shape) : shape),
    init(_, inputShape) {
      const size = [...(innerSteps === undefined ? [] : [innerSteps]), inputShape.at(-1)!]
      return {
        params: { ...(gamma && { gamma: ones(size) }), beta: zeros(size) },
        state: { mean: zeros(size), variance: ones(size) },
      }
    },
    apply: (weights, x, options) => normalise(weights, x, { ...options, relu, pool }),
  }
}

type Weights = { readonly params: Params; readonly state: Params }

/** {@link batchNorm} of conv(x) + bias, with a ReLU and a max-pool after it, as far as they are wanted. */
export function normalisation({ eps = 1e-5, momentum = 0.1, innerSteps }: BatchNormOptions) {
  return ({ params, state }: Weights, x: Tensor, options: LayerOptions & Fused) => {
    const { norm, innerStep = 0, convolution, bias, relu, pool } = options
    if (norm === 'none') {
      const y = convolution ? convolve(x, convolution) : x
      return { y: finish(bias ? add(y, bias) : y, options), state }
    }
    const rows = innerSteps === undefined ? whole : rowOf(Math.min(innerStep, innerSteps - 1))
    const { gamma, beta } = tree.map(rows.of, params as { gamma?: Tensor; beta: Tensor } & Params)
    if (norm === 'running') {
      const running = tree.map(rows.of, state as Statistics)
      const [scale, shift] = affine(gamma, beta, running, eps, bias)
      // a filter has fewer numbers to scale than what it makes of x
      const scaled = convolution
        ? convolve(x, { ...convolution, filter: mul(convolution.filter, scale) })
        : mul(x, scale)
      return { y: finish(add(scaled, shift), options), state }
    }
    const how = { epsilon: eps, relu, pool }
    const { y, ...now } = convolution
      ? convBatchNormTrain(x, convolution, gamma, beta, how)
      : batchNormTrain(x, gamma, beta, how)
    return { y, state: offTape(() => moved(state as Statistics, { ...now, bias }, rows, momentum)) }
  }
}

type Statistics = { readonly mean: Tensor; readonly variance: Tensor }

/** γ (x + bias − μ) / √(σ² + eps) + β as x · scale + shift: one pass less over x. */
function affine(
  gamma: Tensor | undefined,
  beta: Tensor,
  { mean, variance }: Statistics,
  eps: number,
  bias?: Tensor,
): [scale: Tensor, shift: Tensor] {
  const inverse = rsqrt(add(variance, eps))
  const scale = gamma ? mul(gamma, inverse) : inverse
  return [scale, add(mul(bias ? sub(bias, mean) : sub(0, mean), scale), beta)]
}

// A bias before batch normalisation moves the mean and nothing else: y does not depend on it.
function moved(
  running: Statistics,
  { mean, variance, bias, count }: Statistics & Pick<Fused, 'bias'> & { count: number },
  rows: Rows,
  momentum: number,
): Statistics {
  const unbiased = count > 1 ? count / (count - 1) : 1
  return {
    mean: rows.average(running.mean, bias ? add(mean, bias) : mean, momentum),
    variance: rows.average(running.variance, variance, momentum, unbiased),
  }
}
