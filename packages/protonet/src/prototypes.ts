import { cosines, nearness } from '@kshot/core'
import {
  cast,
  div,
  matMul,
  oneHot,
  sum,
  type Tensor1D,
  type Tensor2D,
  transpose,
} from '@tensorflow/tfjs-core'

export type Distance = 'squared-euclidean' | 'cosine'

/** Row k holds 1/|S_k| for the examples of class k, else 0: `[ways, n]`. */
export function membership(labels: Tensor1D, ways: number): Tensor2D {
  const marks = transpose(cast(oneHot(labels, ways), 'float32'))
  return div(marks, sum(marks, 1, true)) as Tensor2D
}

/** c_k, the mean of the embeddings of class k (eq. 1): `[ways, d]`. */
export function classMeans(members: Tensor2D, embeddings: Tensor2D): Tensor2D {
  return matMul(members, embeddings)
}

/** How near each query is to each prototype, `[n, ways]`: −‖z − c‖², or cos(z, c). */
export function similarity(queries: Tensor2D, means: Tensor2D, distance: Distance): Tensor2D {
  return distance === 'cosine' ? cosines(queries, means) : nearness(queries, means)
}
