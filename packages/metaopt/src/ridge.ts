// Bertinetto, Henriques, Torr & Vedaldi 2019, Meta-learning with Differentiable Closed-form Solvers, arXiv:1805.08136.
import type { MetaLearner } from '@kshot/core'
import { checkOptions } from '@kshot/core/options'
import { type HeadOptions, linearHead } from './linear-head'
import { ridgeOptions } from './options'
import { ridgeWeights } from './ridge-weights'

export interface RidgeOptions extends HeadOptions {
  /** Initial λ; it is learned. Default 1. */
  readonly lambda?: number
}

/**
 * R2D2: ridge regression on one-hot labels, in closed form, inside the loss.
 *
 * - W = argmin ‖Z W − Y‖² + λ ‖W‖² over the support set (eq. 3, 4)
 * - logits: scale · z W + bias (section 3.2); loss: cross-entropy on the queries
 *
 * The paper divides Z and Y by √n and regularises a bias; Lee et al. 2019 do neither, and nor does this: a λ
 * of one is no λ of the other. Any number of classes and shots.
 * @throws `metaopt/bad-option`; on a support set, what `classesOf` of
 * `@kshot/core` throws
 * @example const learner = ridge({ backbone: conv4() })
 */
export function ridge(options: RidgeOptions): MetaLearner {
  checkOptions('metaopt/bad-option', 'ridge', ridgeOptions, options)
  const { lambda = 1, scale = 10 } = options
  return linearHead(
    {
      name: 'ridge',
      options: { lambda, scale },
      scale,
      lambda,
      weights: (z, oneHot, params) => ridgeWeights(z, oneHot, params.lambda),
    },
    options,
  )
}
