import {
  abs,
  add,
  div,
  expandDims,
  matMul,
  max,
  maximum,
  mul,
  relu,
  reshape,
  sub,
  sum,
  type Tensor,
  type Tensor2D,
  transpose,
} from '@tensorflow/tfjs-core'

/** How several shots of a class are judged: by the best match among them, or by the mean. */
export type Shots = 'max' | 'mean'

/** Below every log-odds: of a class without examples. */
const NEVER = 1e9

/** |h1 − h2| of each query with each support example: `[n · m, d]`. */
export function distances(queries: Tensor2D, support: Tensor2D): Tensor2D {
  const difference = sub(expandDims(queries, 1), expandDims(support, 0))
  return reshape(abs(difference), [-1, queries.shape[1]])
}

/** Log-odds of each query with each example, `[n, m]`, as one of each class: `[n, ways]`. */
export function perClass(logOdds: Tensor2D, members: Tensor2D, shots: Shots): Tensor {
  if (shots === 'max') {
    const outside = mul(sub(members, 1), NEVER)
    return max(add(expandDims(logOdds, 1), expandDims(outside, 0)), 2)
  }
  const counts = sum(members, 1, true)
  const means = matMul(logOdds, div(members, maximum(counts, 1)) as Tensor2D, false, true)
  return sub(means, mul(transpose(relu(sub(1, counts))), NEVER))
}
