// Ghiasi, Lin & Le 2018, DropBlock: A regularization method for convolutional networks, arXiv:1810.12890.
import {
  add,
  cast,
  div,
  greaterEqual,
  less,
  maximum,
  maxPool,
  minimum,
  mul,
  pad,
  scalar,
  sub,
  sum,
  type Tensor,
  type Tensor4D,
} from '@tensorflow/tfjs-core'
import { stopGradient } from '../autodiff'
import { drawTensor } from '../draw-tensor'
import type { Rng } from '../random'
import { type Layer, stateless } from './layer'

export interface DropBlockOptions {
  /** Share of the numbers that are dropped at the end, about. */
  readonly rate: number
  /** Side of the squares that are dropped; smaller maps are dropped whole. */
  readonly size: number
  /** Training passes until `rate` is reached, from none on, along a straight line. */
  readonly rampPasses: number
}

/**
 * Sets single numbers to zero with the probability `rate` and divides the others by 1 − rate
 * (Srivastava et al. 2014). Only in calls that are given an `rng`: training.
 */
export function dropout(rate: number): Layer {
  const { apply, ...layer } = stateless((x) => x)
  return {
    ...layer,
    apply: (weights, x, options) => {
      if (!options.rng || rate === 0) return apply(weights, x, options)
      const kept = cast(greaterEqual(uniform(options.rng, x.shape), rate), 'float32')
      return { y: mul(x, div(kept, 1 - rate)), state: {} }
    },
  }
}

/**
 * Sets squares of a feature map to zero, each channel its own, and scales the rest so that as much is left
 * (Ghiasi et al. 2018, algorithm 1, with the γ of their eq. 1):
 *
 * γ = p / size² · side² / (side − size + 1)²,   p = rate · min(1, passes / rampPasses)
 *
 * Only in calls that are given an `rng`: training. Its state counts these.
 */
export function dropBlock({ rate, size, rampPasses }: DropBlockOptions): Layer {
  return {
    normalises: false,
    outputShape: (shape) => shape,
    init: () => ({ params: {}, state: { passes: scalar(0) } }),
    apply({ state }, x, { rng }) {
      if (!rng || rate === 0) return { y: x, state }
      const passes = add((state as { readonly passes: Tensor }).passes, 1)
      const p = mul(minimum(div(passes, rampPasses), 1), rate)
      return { y: mul(x, stopGradient(mask(x as Tensor4D, p, size, rng))), state: { passes } }
    },
  }
}

/** What to multiply with: 0 in squares, and what makes up for them elsewhere. */
function mask(x: Tensor4D, p: Tensor, most: number, rng: Rng): Tensor {
  const [n, h, w, c] = x.shape
  const size = Math.min(most, h, w)
  const places = [h - size + 1, w - size + 1] as const
  const gamma = mul(p, (h * w) / (size ** 2 * places[0] * places[1]))
  const corners = cast(less(uniform(rng, [n, ...places, c]), gamma), 'float32') as Tensor4D
  // A number is dropped where a square begins at most size − 1 before it.
  const around = [size - 1, size - 1] as [number, number]
  const squares = maxPool(pad(corners, [[0, 0], around, around, [0, 0]]), size, 1, 'valid')
  const kept = sub(1, squares)
  return mul(kept, div(n * h * w * c, maximum(sum(kept), 1)))
}

function uniform(rng: Rng, shape: readonly number[]): Tensor {
  const numbers = shape.reduce((product, side) => product * side, 1)
  return drawTensor(rng, shape, 'float32', (rng) =>
    Array.from({ length: numbers }, () => rng.uniform()),
  )
}
