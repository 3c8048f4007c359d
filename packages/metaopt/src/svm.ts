// Lee, Maji, Ravichandran & Soatto 2019, Meta-Learning with Differentiable Convex Optimization, arXiv:1904.03758.
import type { MetaLearner } from '@kshot/core'
import { checkOptions } from '@kshot/core/options'
import { add, eye, matMul, mul, type Tensor2D } from '@tensorflow/tfjs-core'
import { type HeadOptions, linearHead } from './linear-head'
import { svmOptions } from './options'
import { svmDuals } from './svm-duals'

export interface SvmOptions extends HeadOptions {
  /** C: how much a violated margin costs. Default 0.1, as in the paper. */
  readonly c?: number
  /** ρ, added to the diagonal of Z Zᵀ. Default 1, as in the authors' code. */
  readonly ridge?: number
}

/**
 * MetaOptNet: a multi-class SVM (Crammer & Singer 2001), at its optimum, inside the loss.
 *
 * - w_k = Zᵀ α_k, with α the optimum of the dual problem on the support set (eq. 4, 5)
 * - logits: scale · z W + bias; loss: cross-entropy on the queries (eq. 6), with a learned scale
 * @throws `metaopt/bad-option`; on a support set, what `classesOf` of
 * `@kshot/core` throws
 * @example const learner = svm({ backbone: conv4() })
 */
export function svm(options: SvmOptions): MetaLearner {
  checkOptions('metaopt/bad-option', 'svm', svmOptions, options)
  const { c = 0.1, ridge = 1, scale = 10 } = options
  return linearHead(
    {
      name: 'svm',
      options: { c, ridge, scale },
      scale,
      weights: (z, oneHot) => {
        const kernel = add(matMul(z, z, false, true), mul(ridge, eye(z.shape[0])))
        return matMul(z, svmDuals(kernel as Tensor2D, oneHot, c), true)
      },
    },
    options,
  )
}
