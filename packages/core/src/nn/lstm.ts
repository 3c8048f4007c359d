// Hochreiter & Schmidhuber 1997, Long short-term memory, with a forget gate (Gers et al. 2000).
import { add, matMul, mul, sigmoid, split, type Tensor, tanh } from '@tensorflow/tfjs-core'
import type { Rng } from '../random'
import { drawWeight } from './init'

/** One LSTM; the gates stand next to each other in the order input, forget, candidate, output. */
export type LstmWeights = {
  /** `[inputs, 4 units]` */
  readonly input: Tensor
  /** `[recurrent, 4 units]` */
  readonly recurrent: Tensor
  /** `[4 units]` */
  readonly bias: Tensor
}

export interface LstmOptions {
  readonly inputs: number
  readonly units: number
  /** Width of what comes back: `units`, or more where something is read beside the output. */
  readonly recurrent?: number
}

/** The output h and the cell c, both `[..., n, units]`. */
export interface LstmState {
  readonly h: Tensor
  readonly c: Tensor
}

/** Uniform in ±1/√units, as PyTorch draws them. */
export function lstmWeights(rng: Rng, options: LstmOptions): LstmWeights {
  const { inputs, units, recurrent = units } = options
  const draw = (name: string, ...shape: number[]) =>
    drawWeight(rng.split(name), [...shape, 4 * units], { in: units, out: 4 * units }, 'torch')
  return {
    input: draw('input', inputs),
    recurrent: draw('recurrent', recurrent),
    bias: draw('bias'),
  }
}

/** x W + b, the part of a step that depends on its input alone: `[..., n, inputs]` to `[..., n, 4 units]`. */
export function lstmInput({ input, bias }: LstmWeights, x: Tensor): Tensor {
  return add(matMul(x, input), bias)
}

/**
 * One step: i, f, g, o = x W + b + r U; c′ = σ(f) c + σ(i) tanh(g); h′ = σ(o) tanh(c′).
 *
 * Axes before the last two are a batch of LSTMs, each with its own weights. Correct to second order.
 * @param input what {@link lstmInput} makes of x, `[..., n, 4 units]`
 * @param recurrent r, `[..., n, recurrent]`: the last h, or more
 * @param c the last cell, `[..., n, units]`
 */
export function lstmStep(
  weights: Pick<LstmWeights, 'recurrent'>,
  input: Tensor,
  recurrent: Tensor,
  c: Tensor,
): LstmState {
  const gates = add(input, matMul(recurrent, weights.recurrent))
  const [i, f, g, o] = split(gates, 4, -1) as [Tensor, Tensor, Tensor, Tensor]
  const cell = add(mul(sigmoid(f), c), mul(sigmoid(i), tanh(g)))
  return { h: mul(sigmoid(o), tanh(cell)), c: cell }
}
