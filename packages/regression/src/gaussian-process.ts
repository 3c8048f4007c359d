// Rasmussen & Williams 2006, Gaussian Processes for Machine Learning, algorithm 2.1 and eq. 5.1.
import { solvePositive } from '@kshot/core/nn'
import { checkOptions } from '@kshot/core/options'
import {
  add,
  concat,
  div,
  exp,
  expandDims,
  eye,
  fill,
  matMul,
  mul,
  neg,
  scalar,
  slice,
  square,
  sub,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  zeros,
} from '@tensorflow/tfjs-core'
import { gaussianProcessOptions } from './options'
import { outputsOf, type PredictiveLearner, predictiveLearner } from './predictive'

export interface GaussianProcessOptions {
  /** Initial length scale of each input. Default 1. */
  readonly length?: number
  /** Initial deviation of the noise. Default 0.5. */
  readonly noise?: number
}

type Kernel = {
  /** `[outputs]` */
  readonly mean: Tensor1D
  /** log ℓ, `[inputs]` */
  readonly length: Tensor1D
  /** log s² and log σ², scalars. */
  readonly signal: Tensor
  readonly noise: Tensor
}

/**
 * A Gaussian process whose mean and kernel are fitted to the training tasks, and shared by all:
 * k(x, x′) = s² exp(−½ Σ_d (x_d − x′_d)² / ℓ_d²), noise σ².
 *
 * Training maximises the predictive density of the queries given the support set, so nothing but four
 * kinds of numbers is learned: a strong baseline on smooth functions with few inputs.
 * @throws `regression/bad-option`
 */
export function gaussianProcess(options: GaussianProcessOptions = {}): PredictiveLearner {
  checkOptions('regression/bad-option', 'gaussianProcess', gaussianProcessOptions, options)
  const { length = 1, noise = 0.5 } = options
  return predictiveLearner({
    spec: { package: '@kshot/regression', export: 'gaussianProcess', options: { length, noise } },
    init: (_, task) => ({
      params: {
        mean: zeros([outputsOf(task)]),
        length: fill([task.inputShape[0]!], Math.log(length)),
        signal: scalar(0),
        noise: scalar(2 * Math.log(noise)),
      },
      state: {},
    }),
    adapt: (_, { x, y }) => ({ x, y }),
    predictive(meta, adapted, x) {
      const kernel = meta.params as Kernel
      const known = adapted as { readonly x: Tensor2D; readonly y: Tensor2D }
      const outputs = known.y.shape[1]!
      const n = known.x.shape[0]!
      const noise = exp(kernel.noise)
      const own = add(covariance(kernel, known.x, known.x), mul(eye(n), add(noise, 1e-5)))
      const across = covariance(kernel, known.x, x as Tensor2D)
      const solved = solvePositive(own, concat([sub(known.y, kernel.mean), across], 1) as Tensor2D)
      const weights = slice(solved, [0, 0], [n, outputs])
      const explained = sum(mul(across, slice(solved, [0, outputs], [n, x.shape[0]!])), 0)
      const variance = sub(add(exp(kernel.signal), noise), explained)
      return {
        mean: add(matMul(across, weights, true), kernel.mean) as Tensor2D,
        variance: mul(expandDims(variance, 1), fill([1, outputs], 1)) as Tensor2D,
      }
    },
  })
}

/** k of each of `a` `[n, d]` with each of `b` `[m, d]`: `[n, m]`. */
function covariance({ length, signal }: Kernel, a: Tensor2D, b: Tensor2D): Tensor2D {
  const [left, right] = [a, b].map((points) => div(points, exp(length)))
  const squares = square(sub(expandDims(left!, 1), expandDims(right!, 0)))
  return mul(exp(signal), exp(neg(mul(0.5, sum(squares, -1))))) as Tensor2D
}
