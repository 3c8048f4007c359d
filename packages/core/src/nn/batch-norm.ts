import {
  add,
  mul,
  ones,
  reshape,
  rsqrt,
  slice,
  square,
  sub,
  type Tensor,
  tensor2d,
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
  /** Whether there is a γ to learn; the networks of Finn et al. 2017 have none. Default true. */
  readonly gamma?: boolean
  /**
   * γ, β and running statistics of their own for each of so many inner steps (MAML++, Antoniou et al.
   * 2019, section 4): rows `[steps, c]`, of which `innerStep` chooses one; later steps use the last.
   */
  readonly innerSteps?: number
}

/**
 * Batch normalisation over all axes but the last (Ioffe & Szegedy 2015, algorithm 1):
 * y = γ (x − μ) / √(σ² + eps) + β.
 *
 * Mode `batch` takes μ and the biased σ² from the batch and moves the running statistics
 * (with the unbiased σ², as PyTorch does); `running` takes them from the state; `none` passes x on.
 */
export function batchNorm(options: BatchNormOptions = {}): Layer {
  const { eps = 1e-5, momentum = 0.1, gamma: hasGamma = true, innerSteps } = options
  return {
    outputShape: (shape) => shape,
    init(_, inputShape) {
      const size = [...(innerSteps === undefined ? [] : [innerSteps]), inputShape.at(-1)!]
      return {
        params: { ...(hasGamma && { gamma: ones(size) }), beta: zeros(size) },
        state: { mean: zeros(size), variance: ones(size) },
      }
    },
    apply({ params, state }, x, { norm, innerStep = 0 }) {
      if (norm === 'none') return { y: x, state }
      const rows = innerSteps === undefined ? whole : row(Math.min(innerStep, innerSteps - 1))
      const { gamma, beta } = params as { gamma?: Tensor; beta: Tensor }
      const running = state as { mean: Tensor; variance: Tensor }
      if (norm === 'running') {
        const centred = sub(x, rows.of(running.mean))
        return { y: normalise(centred, rows.of(running.variance)), state }
      }
      const share = x.shape.at(-1)! / x.size
      const batchMean = mul(sumLeading(x), share)
      const centred = sub(x, batchMean)
      const variance = mul(sumLeading(square(centred)), share)
      return { y: normalise(centred, variance), state: moved(batchMean, variance) }

      function normalise(centred: Tensor, variance: Tensor): Tensor {
        const inverse = rsqrt(add(variance, eps))
        const scale = gamma ? mul(rows.of(gamma), inverse) : inverse
        return add(mul(centred, scale), rows.of(beta))
      }

      function moved(batchMean: Tensor, variance: Tensor): Params {
        const n = x.size / x.shape.at(-1)!
        const unbiased = n > 1 ? n / (n - 1) : 1
        return {
          mean: rows.average(running.mean, batchMean, momentum),
          variance: rows.average(running.variance, mul(variance, unbiased), momentum),
        }
      }
    },
  }
}

/** One set of statistics for all inner steps. */
const whole = {
  of: (values: Tensor) => values,
  average: (old: Tensor, next: Tensor, momentum: number) =>
    tidy(() => add(mul(old, 1 - momentum), mul(next, momentum))),
}

/** Those of one inner step among `[steps, c]`. */
function row(index: number): typeof whole {
  return {
    of: (values) => reshape(slice(values, [index, 0], [1, -1]), [values.shape[1]!]),
    average: (old, next, momentum) =>
      tidy(() => {
        const shares = Array.from({ length: old.shape[0]! }, (_, i) => (i === index ? momentum : 0))
        const share = tensor2d(shares, [old.shape[0]!, 1])
        return add(old, mul(sub(next, old), share))
      }),
  }
}
