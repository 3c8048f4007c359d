// Vinyals et al. 2016, arXiv:1606.04080, appendix A.1: the fully conditional embedding f.
import { type Params, type Rng, softmax } from '@kshot/core'
import { type LstmWeights, lstmInput, lstmStep, lstmWeights } from '@kshot/core/nn'
import { add, concat, matMul, type Tensor, type Tensor2D, zerosLike } from '@tensorflow/tfjs-core'

/** Its recurrent input is [h, r]: what was put out, and what was read from the support set. */
export function queryContext(rng: Rng, units: number): LstmWeights & Params {
  return lstmWeights(rng, { inputs: units, units, recurrent: 2 * units })
}

/**
 * f(x, S) = attLSTM(f′(x), g(S), K): an LSTM that reads the support set before each of K steps.
 *
 * - ĥ_k, c_k = LSTM(f′(x), [h_{k−1}, r_{k−1}], c_{k−1}), h_k = ĥ_k + f′(x) (eq. 3, 4)
 * - r_{k−1} = Σ_i a(h_{k−1}, g(x_i)) g(x_i), a = softmax_i(h_{k−1} · g(x_i)) (eq. 5, 6)
 *
 * From h_0 = c_0 = 0, so the first reading is the mean of the support set. Each query is alone.
 * @param queries f′, `[n, d]`; `support` g, `[m, d]`
 */
export function inQueryContext(
  weights: LstmWeights,
  queries: Tensor2D,
  support: Tensor2D,
  steps: number,
): Tensor2D {
  const input = lstmInput(weights, queries)
  let [h, c]: Tensor[] = [zerosLike(queries), zerosLike(queries)]
  for (let k = 0; k < steps; k++) {
    const read = matMul(softmax(matMul(h as Tensor2D, support, false, true)), support)
    const next = lstmStep(weights, input, concat([h!, read], 1), c!)
    h = add(next.h, queries)
    c = next.c
  }
  return h as Tensor2D
}
