// Vinyals et al. 2016, arXiv:1606.04080, appendix A.2: the fully conditional embedding g.
import type { Params, Rng } from '@kshot/core'
import { type LstmWeights, lstmInput, lstmStep, lstmWeights } from '@kshot/core/nn'
import {
  add,
  expandDims,
  reshape,
  reverse,
  stack,
  type Tensor,
  type Tensor2D,
  unstack,
  zeros,
} from '@tensorflow/tfjs-core'

/** An LSTM for each direction. */
export type SupportContext = { readonly forward: LstmWeights; readonly backward: LstmWeights }

export function supportContext(rng: Rng, units: number): SupportContext & Params {
  const lstm = (name: string) => lstmWeights(rng.split(name), { inputs: units, units })
  return { forward: lstm('forward'), backward: lstm('backward') }
}

/**
 * g(x_i, S) = h→_i + h←_i + g′(x_i): a bidirectional LSTM over the support set, with a skip connection.
 *
 * It depends on the order of the support set: that in which the examples are given.
 * @param support g′, `[m, d]`
 */
export function inSupportContext(weights: SupportContext, support: Tensor2D): Tensor2D {
  const { forward, backward } = weights
  const ahead = lstmInput(forward, support)
  const back = lstmInput(backward, reverse(support, 0))
  // both directions at once: a batch of two LSTMs
  const inputs = unstack(expandDims(stack([ahead, back], 1), 2))
  const recurrent = stack([forward.recurrent, backward.recurrent])
  const outputs = stack(unrolled({ recurrent }, inputs, support.shape[1]), 1)
  const [h, reversed] = unstack(reshape(outputs, [2, ...support.shape])) as [Tensor2D, Tensor2D]
  return add(add(h, reverse(reversed, 0)), support)
}

/** h of each step, from h = c = 0: `[2, 1, 4 units]` each to `[2, 1, units]` each. */
function unrolled(
  weights: Pick<LstmWeights, 'recurrent'>,
  inputs: readonly Tensor[],
  units: number,
): Tensor[] {
  let [h, c]: Tensor[] = [zeros([2, 1, units]), zeros([2, 1, units])]
  return inputs.map((input) => {
    ;({ h, c } = lstmStep(weights, input, h!, c!))
    return h
  })
}
