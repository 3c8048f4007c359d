import {
  concat,
  cumsum,
  max,
  min,
  mul,
  onesLike,
  reshape,
  slice,
  softmax,
  step,
  sub,
  sum,
  type Tensor,
} from '@tensorflow/tfjs-core'
import { broadcastTo, keptShape, reducedAxes } from '../broadcast'
import { type Gradients, offTape, unary } from './gradient'

export const reductions: Gradients = {
  Sum: unary((dy, x, { axis }) => spread(dy, x, axis)),
  Mean: unary((dy, x, { axis }) => spread(mul(dy, dy.size / x.size), x, axis)),
  // equals share no gradient: each gets all of it, as in TensorFlow.js
  Max: unary((dy, x, { reductionIndices: axis }) =>
    mul(
      kept(dy, x, axis),
      offTape(() => sub(1, step(sub(max(x, axis ?? undefined, true), x)))),
    ),
  ),
  Min: unary((dy, x, { reductionIndices: _, axis }) =>
    mul(
      kept(dy, x, axis),
      offTape(() => sub(1, step(sub(x, min(x, axis ?? undefined, true))))),
    ),
  ),
  Prod: unary((dy, x, { axis }) => {
    const axes = reducedAxes(axis, x.rank)
    const sign = kept(dy, x, axis)
    return axes.length === 0 ? sign : mul(sign, productOfOthers(x, axes))
  }),
  Cumsum: unary((dy, _, { axis, exclusive, reverse }) => cumsum(dy, axis, exclusive, !reverse)),
  Softmax: unary((dy, x, { dim }) => {
    const y = softmax(x, dim)
    const weighted = mul(dy, y)
    return sub(weighted, mul(y, sum(weighted, dim, true)))
  }, 'logits'),
  LogSoftmax: unary(
    (dy, x, { axis }) => sub(dy, mul(softmax(x, axis), sum(dy, axis, true))),
    'logits',
  ),
}

type Axis = number | readonly number[] | null | undefined

function kept(dy: Tensor, x: Tensor, axis: Axis): Tensor {
  return reshape(dy, keptShape(x.shape, reducedAxes(axis, x.rank)))
}

function spread(dy: Tensor, x: Tensor, axis: Axis): Tensor {
  return broadcastTo(kept(dy, x, axis), x.shape)
}

// For each number, the product of the others of its reduction; right where one of them is 0, too.
function productOfOthers(x: Tensor, axes: readonly number[]): Tensor {
  const [axis, ...others] = [...axes].sort((a, b) => x.shape[b]! - x.shape[a]!)
  const along = exclusiveProduct(x, axis!)
  if (others.length === 0) return along
  const inner = reduceProduct(x, axis!)
  return mul(along, productOfOthers(inner, others))
}

function parts(x: Tensor, axis: number): Tensor[] {
  const size = keptShape(x.shape, [axis])
  return Array.from({ length: x.shape[axis]! }, (_, i) =>
    slice(
      x,
      x.shape.map((_, a) => (a === axis ? i : 0)),
      size,
    ),
  )
}

function reduceProduct(x: Tensor, axis: number): Tensor {
  return parts(x, axis).reduce((a, b) => mul(a, b))
}

function exclusiveProduct(x: Tensor, axis: number): Tensor {
  const factors = parts(x, axis)
  const one = onesLike(factors[0]!)
  const before = [one]
  const after = [one]
  for (let i = 1; i < factors.length; i++) {
    before.push(mul(before[i - 1]!, factors[i - 1]!))
    after.unshift(mul(after[0]!, factors.at(-i)!))
  }
  return concat(
    factors.map((_, i) => mul(before[i]!, after[i]!)),
    axis,
  )
}
