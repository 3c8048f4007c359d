// Chen et al. 2019, A Closer Look at Few-shot Classification, arXiv:1904.04232, section 3.2.
import { drawTensor, type Rng, unitRows } from '@kshot/core'
import {
  add,
  concat,
  div,
  matMul,
  mul,
  ones,
  rsqrt,
  softmax,
  square,
  sub,
  sum,
  type Tensor2D,
} from '@tensorflow/tfjs-core'

export type HeadKind = 'linear' | 'cosine'

/** A classifier over features, as one matrix. */
export interface Head {
  /** Rows of the matrix for `d` features. */
  rows(d: number): number
  /** Features as the head takes them, computed once: `[n, d]` to `[n, rows]`. */
  inputs(features: Tensor2D): Tensor2D
  /** `[n, ways]` */
  logits(inputs: Tensor2D, weight: Tensor2D): Tensor2D
  /** The derivative of the mean cross-entropy in the weight, in closed form: `[rows, ways]`. */
  gradient(inputs: Tensor2D, weight: Tensor2D, oneHot: Tensor2D): Tensor2D
}

/** z · w_k + b_k (Baseline): the bias is the last row, against inputs of 1. */
export const linearHead: Head = {
  rows: (d) => d + 1,
  inputs: (features) => concat([features, ones([features.shape[0], 1])], 1),
  logits: (inputs, weight) => matMul(inputs, weight),
  gradient: (inputs, weight, oneHot) =>
    matMul(inputs, errorsOf(matMul(inputs, weight), oneHot), true, false),
}

/** scale · cos(z, w_k) (Baseline++). */
export function cosineHead(scaleFor: (ways: number) => number): Head {
  const scaled = (inputs: Tensor2D, { shape: [, ways] }: Tensor2D): Tensor2D =>
    mul(inputs, scaleFor(ways))
  return {
    rows: (d) => d,
    inputs: unitRows,
    logits: (inputs, weight) => matMul(scaled(inputs, weight), unitColumns(weight).units),
    /** ∂cos(z, w)/∂w = (ẑ − ŵ (ŵ · ẑ)) / ‖w‖ */
    gradient(inputs, weight, oneHot) {
      const { units, inverse } = unitColumns(weight)
      const z = scaled(inputs, weight)
      const pull = matMul(z, errorsOf(matMul(z, units), oneHot), true, false)
      return mul(sub(pull, mul(units, sum(mul(units, pull), 0, true))), inverse)
    },
  }
}

/** Columns of length 1, and what they were multiplied with. */
function unitColumns(weight: Tensor2D) {
  const inverse = rsqrt(add(sum(square(weight), 0, true), 1e-12))
  return { units: mul(weight, inverse) as Tensor2D, inverse }
}

/** The derivative of the mean cross-entropy in the logits: (softmax − one-hot) / n. */
function errorsOf(logits: Tensor2D, oneHot: Tensor2D): Tensor2D {
  return div(sub(softmax(logits), oneHot), oneHot.shape[0])
}

/** Uniform in ±1/√rows, as PyTorch draws a layer; each task its own under vmap. */
export function randomHead(rng: Rng, shape: readonly [rows: number, ways: number]): Tensor2D {
  const bound = 1 / Math.sqrt(shape[0])
  const draw = (own: Rng) =>
    Array.from({ length: shape[0] * shape[1] }, () => bound * (2 * own.uniform() - 1))
  return drawTensor(rng, shape, 'float32', draw) as Tensor2D
}
