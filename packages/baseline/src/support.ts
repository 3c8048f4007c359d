import type { Meta, Model } from '@kshot/core'
import { maximum, sum, type Tensor, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core'

/** How many examples each class has, `[ways]`, at least 1 so that it can be divided by. */
export function shotsOf(marks: Tensor2D): Tensor1D {
  return maximum(sum(marks, 0), 1) as Tensor1D
}

/** One row of features an example, each judged alone: `[n, d]`. */
export function featuresOf(backbone: Model, meta: Meta, x: Tensor): Tensor2D {
  return backbone.apply(meta, x, { norm: 'running' }).y as Tensor2D
}
