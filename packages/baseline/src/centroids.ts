import { negativeSquaredDistances } from '@kshot/core'
import {
  div,
  expandDims,
  matMul,
  maximum,
  sum,
  type Tensor2D,
  transpose,
} from '@tensorflow/tfjs-core'

/** c_k = 1/|S_k| Σ z_i over the examples of class k, zeros for a class without: `[ways, d]`. */
export function centroidsOf(features: Tensor2D, oneHot: Tensor2D): Tensor2D {
  const shots = maximum(sum(oneHot, 0), 1)
  return div(matMul(transpose(oneHot), features), expandDims(shots, 1))
}

/** The nearest class mean, as the two parts of a comparison: −‖z − c_k‖², `[n, ways]`. */
export const nearestMean = {
  remember: (features: Tensor2D, oneHot: Tensor2D) => ({ means: centroidsOf(features, oneHot) }),
  score: (features: Tensor2D, { means }: { readonly means: Tensor2D }) =>
    negativeSquaredDistances(features, means),
}
