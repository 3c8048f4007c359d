import {
  add,
  cast,
  div,
  expandDims,
  matMul,
  max,
  maximum,
  mul,
  oneHot,
  sub,
  sum,
  type Tensor1D,
  type Tensor2D,
  transpose,
} from '@tensorflow/tfjs-core'
import { KshotError } from './errors'
import type { Batch } from './task'

/** The logit of a class without examples: below all others, and finite, so that no loss is NaN. */
const NEVER = -1e9

/**
 * The number of classes of a support set, checked to be at least two.
 *
 * It does not check that each class has an example, because labels would have to be read back. See
 * {@link withoutAbsent}.
 * @throws `core/no-classes` without `ways`, `core/one-class` below 2, `core/empty-support`
 * @example const ways = classesOf(support)
 */
export function classesOf(support: Batch): number {
  const { ways } = support
  if (ways === undefined) {
    throw new KshotError('core/no-classes', {
      got: 'a support set without a number of classes',
      expected: 'labels 0 … ways - 1, and the number of ways',
      remedy: 'This learner is for classification: pass { x, y, ways }',
    })
  }
  if (ways < 2) {
    throw new KshotError('core/one-class', {
      got: `a support set of ${ways} class${ways === 1 ? '' : 'es'}`,
      expected: 'at least 2 classes',
      remedy: 'Add examples of another class',
    })
  }
  checkExamples(support)
  return ways
}

/**
 * Checks that there is something to learn from.
 * @throws `core/empty-support`
 */
export function checkExamples({ x, ways }: Batch): void {
  if (x.shape[0] !== 0) return
  throw new KshotError('core/empty-support', {
    got: 'a support set without examples',
    expected: ways === undefined ? 'one example or more' : `examples of ${ways} classes`,
    remedy: ways === undefined ? 'Add examples' : 'Add examples of each class',
  })
}

/**
 * The class of each example of a support set: rows with a single 1, `[n, ways]`.
 * @throws what {@link classesOf} throws
 * @example const counts = sum(oneHotLabels(support), 0)
 */
export function oneHotLabels(support: Batch): Tensor2D {
  return cast(oneHot(support.y as Tensor1D, classesOf(support)), 'float32') as Tensor2D
}

/** Row k holds 1/|S_k| for the examples of class k, else 0: `[n, ways]` one-hot to `[ways, n]`. */
export function meanWeights(oneHot: Tensor2D): Tensor2D {
  const ofClass = transpose(oneHot)
  return div(ofClass, maximum(sum(ofClass, 1, true), 1)) as Tensor2D
}

/** c_k = 1/|S_k| Σ z_i over the examples of class k, zeros for a class without: `[n, d]` to `[ways, d]`. */
export function classMeans(embeddings: Tensor2D, oneHot: Tensor2D): Tensor2D {
  return matMul(meanWeights(oneHot), embeddings)
}

/** The largest score among the examples of each class: `[q, n]` to `[q, ways]`; −10⁹ for one without. */
export function classMax(scores: Tensor2D, oneHot: Tensor2D): Tensor2D {
  const others = mul(sub(1, transpose(oneHot)), NEVER)
  return max(add(expandDims(scores, 1), expandDims(others, 0)), 2)
}

/** Which classes have examples: 1 or 0, `[ways]`. */
export function presentClasses(oneHot: Tensor2D): Tensor1D {
  return max(oneHot, 0) as Tensor1D
}

/**
 * Every learner's rule for a class without examples: it is never predicted. Its logit is −10⁹;
 * the others stay as they are.
 * @param logits `[n, ways]`
 * @param present 1 or 0, `[ways]`; see {@link presentClasses}
 */
export function withoutAbsent(logits: Tensor2D, present: Tensor1D): Tensor2D {
  return add(mul(logits, present), mul(sub(1, present), NEVER))
}
