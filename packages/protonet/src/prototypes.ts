import {
  add,
  cast,
  div,
  expandDims,
  matMul,
  mul,
  neg,
  oneHot,
  rsqrt,
  square,
  sub,
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
  if (distance === 'cosine') return matMul(unit(queries), unit(means), false, true)
  const difference = sub(expandDims(queries, 1), expandDims(means, 0))
  return neg(sum(square(difference), 2)) as Tensor2D
}

/** Rows of length 1; an all-zero row stays zero. */
function unit(rows: Tensor2D): Tensor2D {
  return mul(rows, rsqrt(add(sum(square(rows), 1, true), 1e-12)))
}
