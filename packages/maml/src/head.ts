import { type Batch, checkExamples, classesOf, KshotError, type Rng } from '@kshot/core'
import { drawWeight, type Initializer } from '@kshot/core/nn'
import { type Tensor, type Tensor1D, type Tensor2D, tile } from '@tensorflow/tfjs-core'

/** How the classes of a task hang on the features; see `head` of the options. */
export type Head = 'fixed' | 'shared' | 'none'

export type HeadWeights = { readonly weight: Tensor2D; readonly bias: Tensor1D }

/** `[features, 1]` to `[features, ways]`, `[1]` to `[ways]`. */
export function tiled(column: Tensor, ways: number): Tensor {
  return tile(column, column.rank === 1 ? [ways] : [1, ways])
}

/** A head for `features` inputs: `[features, columns]`, and a bias of zeros. */
export function initialHead(
  rng: Rng,
  features: number,
  columns: number,
  how: Initializer,
): HeadWeights {
  const fan = { in: features, out: columns }
  return {
    weight: drawWeight(rng.split('weight'), [features, columns], fan, how) as Tensor2D,
    bias: drawWeight(rng.split('bias'), [columns], fan, 'zeros') as Tensor1D,
  }
}

export function checkHead(head: Head, ways: number | undefined): void {
  if (head !== 'fixed' || ways !== undefined) return
  throw new KshotError('maml/bad-option', {
    got: "head 'fixed' without ways",
    expected: 'a whole number of classes, one for each unit of the head',
    remedy: "Pass ways with head: 'fixed'; 'shared' and 'none' don't need it",
  })
}

/** @throws what `classesOf` of `@kshot/core` throws, and {@link checkWays} */
export function checkSupport(head: Head, fixed: number | undefined, support: Batch): void {
  if (head === 'none' && support.ways === undefined) checkExamples(support)
  else checkWays(head, fixed, classesOf(support))
}

export function checkWays(head: Head, fixed: number | undefined, ways: number | undefined): void {
  if (head === 'none' || (head === 'shared' && ways !== undefined)) return
  if (head === 'fixed' && ways === fixed) return
  throw new KshotError('maml/wrong-way', {
    got:
      ways === undefined
        ? 'tasks without classes, or of different numbers of them'
        : `a task of ${ways} classes`,
    expected: head === 'fixed' ? `${fixed} classes, one for each unit of the head` : 'classes',
    remedy: "Use head: 'shared' for any number of classes, 'none' for a regression",
  })
}
