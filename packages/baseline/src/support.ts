import { type Batch, classesOf, type Meta, type Model } from '@kshot/core'
import {
  cast,
  maximum,
  oneHot,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
} from '@tensorflow/tfjs-core'

/**
 * Which class each example is of: rows with a single 1, `[n, ways]`.
 * @throws `core/no-classes`, `core/one-class`, `core/empty-support`
 */
export function marksOf(support: Batch): Tensor2D {
  const ways = classesOf(support)
  return cast(oneHot(support.y as Tensor1D, ways), 'float32') as Tensor2D
}

/** How many examples each class has, `[ways]`, at least 1 so that it can be divided by. */
export function shotsOf(marks: Tensor2D): Tensor1D {
  return maximum(sum(marks, 0), 1) as Tensor1D
}

/** One row of features an example, each judged alone: `[n, d]`. */
export function featuresOf(backbone: Model, meta: Meta, x: Tensor): Tensor2D {
  return backbone.apply(meta, x, { norm: 'running' }).y as Tensor2D
}
