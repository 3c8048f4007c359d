import {
  abs,
  add,
  cast,
  div,
  expandDims,
  matMul,
  max,
  maximum,
  mul,
  oneHot,
  relu,
  reshape,
  sub,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  transpose,
} from '@tensorflow/tfjs-core'

/** How several shots of a class are judged: by the best match among them, or by the mean. */
export type Shots = 'max' | 'mean'

/** Below every log-odds: of a class without examples. */
const NEVER = 1e9

/** 1 where example i is of class k, else 0: `[ways, m]`. */
export function memberships(labels: Tensor1D, ways: number): Tensor2D {
  return transpose(cast(oneHot(labels, ways), 'float32')) as Tensor2D
}

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
