import {
  add,
  cast,
  engine,
  getBackend,
  getKernel,
  maxPool,
  mul,
  ones,
  relu as rectify,
  rsqrt,
  square,
  sub,
  type Tensor,
  type Tensor4D,
} from '@tensorflow/tfjs-core'
import { stopGradient, sumLeading } from '../autodiff'
import { offTape } from '../autodiff/gradients/gradient'
import {
  BatchNormPool,
  BatchNormPoolGrad,
  BatchNormPoolGradGrad,
  BatchNormTrain,
  type BatchNormTrainAttrs,
  BatchNormTrainGrad,
  BatchNormTrainGradGrad,
} from '../kernels'

export interface BatchNormTrainOptions {
  /** Added to the variance. */
  readonly epsilon: number
  /** Whether a ReLU follows. Default false. */
  readonly relu?: boolean | undefined
  /** Side of the windows of a max-pool after that, for images `[n, h, w, c]`. Default 0: none. */
  readonly pool?: number | undefined
}

/** The normalised batch, and the statistics used. */
export interface BatchNormTrained {
  /** `[...m, c]`, or pooled `[n, ⌊h/pool⌋, ⌊w/pool⌋, c]`. */
  readonly y: Tensor
  /** `[c]`; a constant, see {@link batchNormTrain}. */
  readonly mean: Tensor
  /** `[c]`, biased; a constant. */
  readonly variance: Tensor
  /** How many numbers per channel the statistics cover. */
  readonly count: number
}

/**
 * Batch normalisation with batch statistics (Ioffe & Szegedy 2015, algorithm 1), over all
 * axes but the last, with a ReLU where `relu` is set and a max-pool where `pool` is:
 *
 * y = γ (x − μ) / √(σ² + ε) + β, with μ and the biased σ² of each channel.
 *
 * x `[...m, c]`, gamma `[c]` or none (γ = 1), beta `[c]`. One kernel each way where the backend has
 * it, composed operations elsewhere: the same values, first and second derivatives.
 *
 * y has derivatives in x, gamma and beta, the dependence of μ and σ² on x included. `mean` and
 * `variance` are returned for running statistics, which are state, not a function of the parameters:
 * their derivative is intentionally zero. To differentiate statistics, use `tf.moments`.
 * @example
 * const { y, mean, variance } = batchNormTrain(x, gamma, beta, { epsilon: 1e-5, relu: true })
 */
export function batchNormTrain(
  x: Tensor,
  gamma: Tensor | undefined,
  beta: Tensor,
  options: BatchNormTrainOptions,
): BatchNormTrained {
  const input = x.dtype === 'float32' ? x : cast(x, 'float32')
  // the kernels have two derivatives; inside of three gradients, a third is wanted
  if (engine().state.gradientDepth > 2) return composed(input, gamma, beta, options)
  if (options.pool === 2 && has(POOLING)) return fused(BatchNormPool, input, gamma, beta, options)
  if (!has(PLAIN)) return composed(input, gamma, beta, options)
  const { y, ...statistics } = fused(BatchNormTrain, input, gamma, beta, options)
  return { y: finish(y, { pool: options.pool }), ...statistics }
}

const PLAIN = [BatchNormTrain, BatchNormTrainGrad, BatchNormTrainGradGrad]
const POOLING = [BatchNormPool, BatchNormPoolGrad, BatchNormPoolGradGrad]

/** Whether the active backend has these kernels. */
export function has(kernels: readonly string[]): boolean {
  return kernels.every((name) => getKernel(name, getBackend()) !== undefined)
}

function fused(
  kernel: string,
  x: Tensor,
  gamma: Tensor | undefined,
  beta: Tensor,
  { epsilon, relu = false }: BatchNormTrainOptions,
): BatchNormTrained {
  const inputs = { x, gamma: gamma ?? offTape(() => ones(beta.shape)), beta }
  const attrs: BatchNormTrainAttrs = { epsilon, relu, groups: 1 }
  const [y, mean, variance] = engine().runKernel(kernel, inputs, attrs) as Tensor[]
  return { y: y!, mean: mean!, variance: variance!, count: x.size / x.shape.at(-1)! }
}

function composed(
  x: Tensor,
  gamma: Tensor | undefined,
  beta: Tensor,
  options: BatchNormTrainOptions,
): BatchNormTrained {
  const count = x.size / x.shape.at(-1)!
  const mean = mul(sumLeading(x), 1 / count)
  const centred = sub(x, mean)
  const variance = mul(sumLeading(square(centred)), 1 / count)
  const inverse = rsqrt(add(variance, options.epsilon))
  const normed = add(mul(centred, gamma ? mul(gamma, inverse) : inverse), beta)
  const y = finish(normed, options)
  return { y, mean: stopGradient(mean), variance: stopGradient(variance), count }
}

/** What follows a batch norm: a ReLU, a max-pool. */
export function finish(
  y: Tensor,
  { relu, pool }: Pick<BatchNormTrainOptions, 'relu' | 'pool'>,
): Tensor {
  const activated = relu ? rectify(y) : y
  return pool ? maxPool(activated as Tensor4D, pool, pool, 'valid') : activated
}
