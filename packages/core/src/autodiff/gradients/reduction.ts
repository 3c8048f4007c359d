import {
  cast,
  div,
  equal,
  max,
  min,
  mul,
  ones,
  reshape,
  softmax,
  sub,
  sum,
  type Tensor,
  util,
} from '@tensorflow/tfjs-core'
import { type Gradients, offTape } from './gradient'

type Axis = number | number[] | null | undefined

/** `dy` of a reduction, with the reduced axes put back as 1. */
function expanded(dy: Tensor, x: Tensor, axis: Axis): Tensor {
  const axes = axesOf(x, axis)
  return reshape(
    dy,
    x.shape.map((n, i) => (axes.includes(i) ? 1 : n)),
  )
}

function axesOf(x: Tensor, axis: Axis): number[] {
  return util.parseAxisParam(axis as never, x.shape)
}

function repeated(dy: Tensor, x: Tensor, axis: Axis): Tensor {
  return mul(
    offTape(() => ones(x.shape)),
    expanded(dy, x, axis),
  )
}

/** The derivative of a maximum or minimum goes to the entries that attain it, in equal parts. */
function extremum(of: typeof max | typeof min) {
  return {
    saves: ['x'],
    gradient: (
      dy: Tensor,
      [x]: Tensor[],
      { reductionIndices, axis }: { reductionIndices?: Axis; axis?: Axis },
    ) => {
      const axes = axesOf(x!, reductionIndices ?? axis)
      const share = offTape(() => {
        const attained = cast(equal(x!, of(x!, axes, true)), 'float32')
        return div(attained, sum(attained, axes, true))
      })
      return { x: () => mul(expanded(dy, x!, axes), share) }
    },
  }
}

/** Sums, means and extrema along axes, and what is made of them. */
export const reductions: Gradients = {
  Sum: { saves: ['x'], gradient: (dy, [x], { axis }) => ({ x: () => repeated(dy, x, axis) }) },
  Mean: {
    saves: ['x'],
    gradient: (dy, [x], { axis }) => {
      const n = axesOf(x, axis).reduce((product, i) => product * x.shape[i]!, 1)
      return { x: () => repeated(mul(dy, 1 / n), x, axis) }
    },
  },
  Max: extremum(max),
  Min: extremum(min),
  Softmax: {
    saves: ['logits'],
    gradient: (dy, [x], { dim }) => ({
      logits: () => {
        const y = softmax(x, dim)
        const weighted = mul(dy, y)
        return sub(weighted, mul(sum(weighted, dim, true), y))
      },
    }),
  },
  LogSoftmax: {
    saves: ['logits'],
    gradient: (dy, [x], { axis }) => ({
      logits: () => sub(dy, mul(sum(dy, axis, true), softmax(x, axis))),
    }),
  },
}
