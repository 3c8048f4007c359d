// Andrychowicz et al. 2016, Learning to learn by gradient descent by gradient descent, arXiv:1606.04474.
import type { Rng } from '@kshot/core'
import { drawWeight, type LstmWeights, lstmInput, lstmStep, lstmWeights } from '@kshot/core/nn'
import {
  add,
  matMul,
  mul,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  zeros,
} from '@tensorflow/tfjs-core'
import { cellOptions, check } from './options'
import { columnsOf, type Preprocess, preprocessed } from './preprocess'

export interface CellOptions {
  /** Of each of the two layers. Default 20. */
  readonly units?: number
  /** Default 10. */
  readonly preprocess?: Preprocess
  /** What the net's output is multiplied with. Default 0.1. */
  readonly outputScale?: number
}

/** The parameters φ of the optimizer. */
export type CellWeights = {
  readonly first: LstmWeights
  readonly second: LstmWeights
  readonly out: { readonly weight: Tensor2D; readonly bias: Tensor1D }
}

type Hidden = { readonly h: Tensor; readonly c: Tensor }

/** The hidden state of each coordinate: `[n, units]` each. */
export type CellState = { readonly first: Hidden; readonly second: Hidden }

/** The net m: a gradient and a hidden state to an update and the next hidden state (eq. 4). */
export interface Cell {
  readonly options: Required<CellOptions>
  init(rng: Rng): CellWeights
  /** The state before the first step, for n coordinates: zeros. */
  zero(n: number): CellState
  /** `gradient` `[n, 1]`; the update is `[n, 1]`. All coordinates in one product of matrices. */
  step(
    weights: CellWeights,
    gradient: Tensor,
    state: CellState,
  ): { update: Tensor; state: CellState }
}

/**
 * A two-layer LSTM that sees one coordinate at a time: weights are shared, states are not (section 2.1).
 * @throws `learned-optimizer/bad-option`
 */
export function cell(options: CellOptions = {}): Cell {
  const { units = 20, preprocess = 10, outputScale = 0.1 } = options
  check('cell', cellOptions, { units, preprocess, outputScale })
  const zero = (n: number): Hidden => ({ h: zeros([n, units]), c: zeros([n, units]) })
  return {
    options: { units, preprocess, outputScale },
    init: (rng) => ({
      first: lstmWeights(rng.split('first'), { inputs: columnsOf(preprocess), units }),
      second: lstmWeights(rng.split('second'), { inputs: units, units }),
      out: {
        weight: drawWeight(
          rng.split('out'),
          [units, 1],
          { in: units, out: 1 },
          'torch',
        ) as Tensor2D,
        bias: zeros([1]) as Tensor1D,
      },
    }),
    zero: (n) => ({ first: zero(n), second: zero(n) }),
    step({ first, second, out }, gradient, state) {
      const one = layer(first, preprocessed(gradient, preprocess), state.first)
      const two = layer(second, one.h, state.second)
      const update = mul(add(matMul(two.h as Tensor2D, out.weight), out.bias), outputScale)
      return { update, state: { first: one, second: two } }
    },
  }
}

function layer(weights: LstmWeights, x: Tensor, { h, c }: Hidden): Hidden {
  return { ...lstmStep(weights, lstmInput(weights, x), h, c) }
}

/** The shapes of a cell's parameters by path, without drawing any. */
export function cellShapes({ units, preprocess }: Required<CellOptions>): {
  readonly [path: string]: readonly number[]
} {
  const lstm = (name: string, inputs: number) => ({
    [`${name}/bias`]: [4 * units],
    [`${name}/input`]: [inputs, 4 * units],
    [`${name}/recurrent`]: [units, 4 * units],
  })
  return {
    ...lstm('first', columnsOf(preprocess)),
    'out/bias': [1],
    'out/weight': [units, 1],
    ...lstm('second', units),
  }
}
