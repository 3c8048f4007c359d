import { drawWeight, type Initializer, KshotError, type Params, type Rng } from '@kshot/core'
import { add, matMul, type Tensor, type Tensor1D, type Tensor2D, tile } from '@tensorflow/tfjs-core'

/** How the classes of a task hang on the features; see `MamlOptions.head`. */
export type Head = 'fixed' | 'shared' | 'none'

export type HeadWeights = { readonly weight: Tensor2D; readonly bias: Tensor1D }

/** The parameters of a learner: those of the model, and those of the head where there is one. */
export type Weights = { readonly body: Params; readonly head?: HeadWeights }

/** Draws a head for `features` inputs: `[features, ways]`, or one column that all classes share. */
export function drawHead(
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

/** A shared head becomes one column a class, equal at first; the inner loop then parts them. */
export function forWays({ body, head }: Weights, ways: number): Weights {
  if (head?.weight.shape[1] !== 1) return { body, ...(head && { head }) }
  return { body, head: { weight: tile(head.weight, [1, ways]), bias: tile(head.bias, [ways]) } }
}

/** Features `[n, d]` to logits `[n, ways]`; without a head they are the output. */
export function applyHead(head: HeadWeights | undefined, features: Tensor): Tensor {
  return head ? add(matMul(features as Tensor2D, head.weight), head.bias) : features
}

/** @throws `maml/wrong-way` where a fixed head meets another number of classes, or a head none */
export function checkWays(head: Head, fixed: number | undefined, ways: number | undefined): void {
  if (head === 'none' || (head === 'shared' && ways !== undefined)) return
  if (head === 'fixed' && ways === fixed) return
  throw new KshotError('maml/wrong-way', {
    got: ways === undefined ? 'a task without classes' : `a task of ${ways} classes`,
    expected: head === 'fixed' ? `${fixed} classes, one for each unit of the head` : 'classes',
    remedy: "Use head: 'shared' for any number of classes, 'none' for a regression",
  })
}
