import { classMax, meanWeights } from '@kshot/core'
import {
  abs,
  expandDims,
  matMul,
  reshape,
  sub,
  type Tensor,
  type Tensor2D,
} from '@tensorflow/tfjs-core'

/** How several shots of a class are scored: by the best match among them, or by the mean. */
export type Shots = 'max' | 'mean'

/** |h1 − h2| of each query with each support example: `[n · m, d]`. */
export function distances(queries: Tensor2D, support: Tensor2D): Tensor2D {
  const difference = sub(expandDims(queries, 1), expandDims(support, 0))
  return reshape(abs(difference), [-1, queries.shape[1]])
}

/** Log-odds of each query with each example, `[n, m]`, as one of each class: `[n, ways]`. */
export function perClass(logOdds: Tensor, oneHot: Tensor2D, shots: Shots): Tensor2D {
  if (shots === 'max') return classMax(logOdds as Tensor2D, oneHot)
  return matMul(logOdds as Tensor2D, meanWeights(oneHot), false, true)
}
