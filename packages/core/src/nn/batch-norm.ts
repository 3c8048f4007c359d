import {
  add,
  mul,
  ones,
  rsqrt,
  square,
  sub,
  type Tensor,
  type Tensor1D,
  tidy,
  zeros,
} from '@tensorflow/tfjs-core'
import { sumLeading } from '../autodiff'
import type { Params } from '../tree'
import type { Layer } from './layer'

export interface BatchNormOptions {
  /** Added to the variance. */
  readonly eps?: number
  /** Weight of the newest batch in the running statistics. */
  readonly momentum?: number
}

/**
 * Batch normalisation over all axes but the last (Ioffe & Szegedy 2015, algorithm 1):
 * y = γ (x − μ) / √(σ² + eps) + β.
 *
 * Mode `batch` takes μ and the biased σ² from the batch and moves the running statistics
 * (with the unbiased σ², as PyTorch does); `running` takes them from the state; `none` passes x on.
 */
export function batchNorm({ eps = 1e-5, momentum = 0.1 }: BatchNormOptions = {}): Layer {
  return {
    outputShape: (shape) => shape,
    init(_, inputShape) {
      const size = [inputShape.at(-1)!]
      return {
        params: { gamma: ones(size), beta: zeros(size) },
        state: { mean: zeros(size), variance: ones(size) },
      }
    },
    apply({ params, state }, x, { norm }) {
      if (norm === 'none') return { y: x, state }
      const running = state as { mean: Tensor1D; variance: Tensor1D }
      if (norm === 'running') return { y: normalise(sub(x, running.mean), running.variance), state }
      const share = x.shape.at(-1)! / x.size
      const batchMean = mul(sumLeading(x), share)
      const centred = sub(x, batchMean)
      const variance = mul(sumLeading(square(centred)), share)
      return { y: normalise(centred, variance), state: moved(batchMean, variance) }

      function normalise(centred: Tensor, variance: Tensor): Tensor {
        const { gamma, beta } = params as { gamma: Tensor1D; beta: Tensor1D }
        return add(mul(centred, mul(gamma, rsqrt(add(variance, eps)))), beta)
      }

      function moved(batchMean: Tensor, variance: Tensor): Params {
        const n = x.size / x.shape.at(-1)!
        const unbiased = n > 1 ? n / (n - 1) : 1
        return {
          mean: average(running.mean, batchMean),
          variance: average(running.variance, mul(variance, unbiased)),
        }
      }
    },
  }

  function average(old: Tensor, next: Tensor): Tensor {
    return tidy(() => add(mul(old, 1 - momentum), mul(next, momentum)))
  }
}
