import { nearness } from '@kshot/core'
import {
  add,
  div,
  expandDims,
  matMul,
  max,
  mul,
  sub,
  type Tensor1D,
  type Tensor2D,
  transpose,
} from '@tensorflow/tfjs-core'
import { shotsOf } from './support'

/** The means of the classes, and which of them have examples. */
export type Centroids = {
  /** `[ways, d]` */
  readonly means: Tensor2D
  /** `[ways]`: 0, or a number so far below all similarities that the class is never chosen. */
  readonly penalty: Tensor1D
}

/** Finite, so that no probability and no loss is NaN. */
const NEVER = 1e9

/** c_k = 1/|S_k| Σ z_i over the examples of class k. */
export function centroidsOf(features: Tensor2D, marks: Tensor2D): Centroids {
  const sums = matMul(transpose(marks), features)
  const means = div(sums, expandDims(shotsOf(marks), 1)) as Tensor2D
  return { means, penalty: mul(sub(max(marks, 0), 1), NEVER) as Tensor1D }
}

/** −‖z − c_k‖², `[n, ways]`; a class without examples lies beyond all others. */
export function toCentroids(features: Tensor2D, { means, penalty }: Centroids): Tensor2D {
  return add(nearness(features, means), penalty) as Tensor2D
}
