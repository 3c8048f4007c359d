import type { Rng } from '@kshot/core'
import { type LstmState, type LstmWeights, lstmInput, lstmStep, lstmWeights } from '@kshot/core/nn'
import {
  add,
  concat,
  fill,
  matMul,
  mul,
  reshape,
  sigmoid,
  sub,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  tensor,
  zeros,
} from '@tensorflow/tfjs-core'
import { preprocessed } from './preprocess'

/** A gate looks at the LSTM's output, at θ and at its own last value: `[units + 2, 1]`. */
type Gate = { readonly weight: Tensor2D; readonly bias: Tensor1D }

/** An LSTM that sees gradient and loss, and the gates above it. */
export type Gates = {
  readonly lstm: LstmWeights
  readonly input: Gate
  readonly forget: Gate
}

/** What is carried from step to step, a row for each coordinate. */
export type Carried = {
  /** θ, `[n, 1]` */
  readonly theta: Tensor
  readonly lstm: LstmState
  readonly input: Tensor
  readonly forget: Tensor
}

/** Of gradients and losses (section 3.2.1, with p = 10). */
const P = 10

/** Begins near gradient descent with a small rate: f close to 1, i to 0 (section 3.2.2). */
export function initialGates(rng: Rng, units: number): Gates {
  return {
    lstm: lstmWeights(rng.split('lstm'), { inputs: 4, units }),
    input: drawnGate(rng.split('input'), units, [-5, -4]),
    forget: drawnGate(rng.split('forget'), units, [4, 6]),
  }
}

export function firstOf(theta: Tensor, units: number): Carried {
  const n = theta.shape[0]!
  return {
    theta,
    lstm: { h: zeros([n, units]), c: zeros([n, units]) },
    input: zeros([n, 1]),
    forget: zeros([n, 1]),
  }
}

/** One step of all coordinates; `gradient` `[n, 1]`, `loss` a scalar. */
export function stepped(
  { lstm, input, forget }: Gates,
  now: Carried,
  gradient: Tensor,
  loss: Tensor,
): Carried {
  const same = mul(reshape(loss, [1, 1]), fill([gradient.shape[0]!, 1], 1))
  const seen = concat([preprocessed(gradient, P), preprocessed(same, P)], 1)
  const next = lstmStep(lstm, lstmInput(lstm, seen), now.lstm.h, now.lstm.c)
  const i = opened(input, [next.h, now.theta, now.input])
  const f = opened(forget, [next.h, now.theta, now.forget])
  const theta = sub(mul(f, now.theta), mul(i, gradient))
  return { theta, lstm: next, input: i, forget: f }
}

function opened({ weight, bias }: Gate, columns: Tensor[]): Tensor {
  return sigmoid(add(matMul(concat(columns, 1) as Tensor2D, weight), bias))
}

function drawnGate(rng: Rng, units: number, [low, high]: readonly [number, number]): Gate {
  const weights = Array.from({ length: units + 2 }, () => 0.01 * (2 * rng.uniform() - 1))
  const bias = [low + (high - low) * rng.uniform()]
  return {
    weight: tensor(weights, [units + 2, 1], 'float32'),
    bias: tensor(bias, [1], 'float32'),
  }
}
