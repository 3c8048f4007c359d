// Bertinetto, Henriques, Torr & Vedaldi 2019, Meta-learning with Differentiable Closed-form Solvers, arXiv:1805.08136.
import type { MetaLearner } from '@kshot/core'
import { checkOptions } from '@kshot/core/options'
import { matMul, type Tensor2D } from '@tensorflow/tfjs-core'
import { type HeadOptions, linearHead } from './linear-head'
import { logisticDuals } from './logistic-duals'
import { logisticOptions } from './options'

export interface LogisticOptions extends HeadOptions {
  /** Initial λ; it is learned. Default 1. */
  readonly lambda?: number
}

/**
 * LR-D2: logistic regression of each class against the rest, at its optimum, inside the loss.
 *
 * - w_k = argmin Σ_i log(1 + exp(−t_i w · z_i)) + λ/2 ‖w‖² over the support set (section 3.2)
 * - logits: scale · z W + bias; loss: cross-entropy on the queries
 * @throws `metaopt/bad-option`; on a support set, what `classesOf` of
 * `@kshot/core` throws
 * @example const learner = logistic({ backbone: conv4() })
 */
export function logistic(options: LogisticOptions): MetaLearner {
  checkOptions('metaopt/bad-option', 'logistic', logisticOptions, options)
  const { lambda = 1, scale = 1 } = options
  return linearHead(
    {
      name: 'logistic',
      options: { lambda, scale },
      scale,
      lambda,
      weights: (z, oneHot, params) => {
        const kernel = matMul(z, z, false, true) as Tensor2D
        return matMul(z, logisticDuals(kernel, oneHot, params.lambda), true)
      },
    },
    options,
  )
}
