// Chen et al. 2019, A Closer Look at Few-shot Classification, arXiv:1904.04232, section 3.2.
import { drawTensor, type Rng } from '@kshot/core'
import {
  concat,
  div,
  matMul,
  mul,
  norm,
  ones,
  sub,
  sum,
  type Tensor2D,
  transpose,
} from '@tensorflow/tfjs-core'
import { unitRows } from './centroids'

export type HeadKind = 'linear' | 'cosine'

/** A classifier over features, as one matrix. */
export interface Head {
  /** Rows of the matrix for `d` features. */
  rows(d: number): number
  /** Features as the head takes them, computed once: `[n, d]` to `[n, rows]`. */
  inputs(features: Tensor2D): Tensor2D
  /** `[n, ways]` */
  logits(inputs: Tensor2D, weight: Tensor2D): Tensor2D
  /** The derivative in the weight, from that in the logits. */
  gradient(inputs: Tensor2D, weight: Tensor2D, dLogits: Tensor2D): Tensor2D
}

/** zᵀ w_k + b_k (Baseline): the bias is the last row, against inputs of 1. */
export const linearHead: Head = {
  rows: (d) => d + 1,
  inputs: (features) => concat([features, ones([features.shape[0], 1])], 1) as Tensor2D,
  logits: (inputs, weight) => matMul(inputs, weight),
  gradient: (inputs, _, dLogits) => matMul(inputs, dLogits, true, false),
}

/** scale · cos(z, w_k) (Baseline++). */
export function cosineHead(scaleFor: (ways: number) => number): Head {
  return {
    rows: (d) => d,
    inputs: unitRows,
    logits(inputs, weight) {
      const units = transpose(unitRows(transpose(weight) as Tensor2D))
      return mul(matMul(inputs, units as Tensor2D), scaleFor(weight.shape[1]))
    },
    /** ∂cos/∂w = (ẑ − ŵ (ŵ·ẑ)) / ‖w‖ */
    gradient(inputs, weight, dLogits) {
      const length = norm(weight, 'euclidean', 0, true)
      const units = div(weight, length)
      const pull = mul(matMul(inputs, dLogits, true, false), scaleFor(weight.shape[1]))
      return div(sub(pull, mul(units, sum(mul(units, pull), 0, true))), length)
    },
  }
}

/** Uniform in ±1/√rows, as PyTorch draws a layer; each task its own under vmap. */
export function drawHead(rng: Rng, shape: readonly [rows: number, ways: number]): Tensor2D {
  const bound = 1 / Math.sqrt(shape[0])
  const draw = (own: Rng) =>
    Array.from({ length: shape[0] * shape[1] }, () => bound * (2 * own.uniform() - 1))
  return drawTensor(rng, shape, 'float32', draw) as Tensor2D
}
