import { cast, oneHot, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core'
import { KshotError } from './errors'
import type { Batch } from './task'

/**
 * The number of classes of a support set, once there is something to tell apart.
 *
 * Whether each class has an example is not looked at: labels would have to be read back.
 * @throws `core/no-classes` without `ways`, `core/one-class` below 2, `core/empty-support`
 * @example const ways = classesOf(support)
 */
export function classesOf({ x, ways }: Batch): number {
  if (ways === undefined) {
    throw new KshotError('core/no-classes', {
      got: 'a support set without a number of classes',
      expected: 'labels 0 … ways - 1, and ways beside them',
      remedy: 'This learner is for classification: pass { x, y, ways }',
    })
  }
  if (ways < 2) {
    throw new KshotError('core/one-class', {
      got: `a support set of ${ways} class${ways === 1 ? '' : 'es'}`,
      expected: 'at least 2, to tell apart',
      remedy: 'Add examples of another class',
    })
  }
  if (x.shape[0] === 0) {
    throw new KshotError('core/empty-support', {
      got: 'a support set without examples',
      expected: `examples of ${ways} classes`,
      remedy: 'Add examples of each class',
    })
  }
  return ways
}

/**
 * Which class each example of a support set is of: rows with a single 1, `[n, ways]`.
 * @throws what {@link classesOf} throws
 * @example const sums = matMul(marksOf(support), embeddings, true, false)
 */
export function marksOf(support: Batch): Tensor2D {
  return cast(oneHot(support.y as Tensor1D, classesOf(support)), 'float32') as Tensor2D
}
