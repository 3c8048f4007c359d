import {
  avgPool,
  customGrad,
  mul,
  ones,
  reshape,
  sum,
  type Tensor,
  type Tensor4D,
} from '@tensorflow/tfjs-core'
import { offTape } from './gradients/gradient'
import { isStockWasm } from './kernels'

const product = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1)

/** The adjoint of broadcasting: sums `x` over what broadcasting `shape` to `x.shape` repeated. */
export function sumTo(x: Tensor, shape: readonly number[]): Tensor {
  if (x.shape.join() === shape.join()) return x
  const padded = [...Array(x.rank - shape.length).fill(1), ...shape]
  const axes = padded.flatMap((size, axis) => (size === 1 && x.shape[axis] !== 1 ? [axis] : []))
  const leading = axes.length > 0 ? axes.at(-1)! + 1 : 0
  const summed =
    leading < x.rank && padded.slice(0, leading).every((size) => size === 1)
      ? sumLeading(x, leading)
      : sum(x, axes)
  return reshape(summed, shape as number[])
}

/**
 * The sum over the first `axes` axes, by default over all but the last: `[...m, c]` to `[c]`.
 *
 * Stock wasm reduces leading axes by a general transposition first: 48 ms for [120, 28, 28, 64].
 * Average pooling reads the numbers as they lie: 2.4 ms, within an example and then over examples.
 */
export function sumLeading(x: Tensor, axes = x.rank - 1): Tensor {
  const kept = x.shape.slice(axes)
  const width = product(kept)
  if (!isStockWasm('Sum') || x.size === 0) return sum(x, [...Array(axes).keys()])
  // stock wasm's average pooling breaks memory from about a thousand channels on
  if (width > 512) return reshape(sum(reshape(x, [x.size / width, width]), 0), kept)
  const first = x.shape[0]!
  // the derivative of a sum repeats, whatever it is computed by
  const linear = customGrad((input) => {
    const perExample = poolRows(reshape(input as Tensor, [first, x.size / first / width, 1, width]))
    const all = poolRows(reshape(perExample, [1, first, 1, width]))
    const value = reshape(mul(all, x.size / width), kept)
    const ones = [...Array(axes).fill(1), ...kept]
    return { value, gradFunc: (dy: Tensor) => broadcastTo(reshape(dy, ones), x.shape) }
  })
  return linear(x)
}

function poolRows(x: Tensor): Tensor {
  const rows = x.shape[1]!
  return rows === 1 ? x : avgPool(x as Tensor4D, [rows, 1], [rows, 1], 'valid')
}

/** Repeats `x`, whose rank is that of `shape` with 1 where it is to be repeated. */
export function broadcastTo(x: Tensor, shape: readonly number[]): Tensor {
  if (x.shape.join() === shape.join()) return x
  const groups = collapse(x.shape, shape)
  // one product of two small tensors: neither a tensor of ones of the full size, nor a slow tile
  const repeat = groups.map(({ from, to }) => (from === to ? 1 : to))
  const wide = mul(
    reshape(
      x,
      groups.map(({ from }) => from),
    ),
    offTape(() => ones(repeat)),
  )
  return reshape(wide, shape as number[])
}

// Neighbouring axes that are all repeated, or all not, are one axis: wasm multiplies up to rank 6.
function collapse(from: readonly number[], to: readonly number[]) {
  const groups: { from: number; to: number }[] = []
  let repeated: boolean | undefined
  to.forEach((size, axis) => {
    if (size === 1) return
    const now = from[axis] !== size
    const last = groups.at(-1)
    if (last && now === repeated) {
      last.from *= from[axis]!
      last.to *= size
    } else groups.push({ from: from[axis]!, to: size })
    repeated = now
  })
  return groups
}

/** The axes a reduction names, all of them if it names none, each counted from the front. */
export function reducedAxes(axis: number | readonly number[] | null | undefined, rank: number) {
  if (axis === null || axis === undefined) return Array.from({ length: rank }, (_, i) => i)
  return [axis].flat().map((a) => ((a as number) + rank) % rank)
}

/** `shape` with the reduced axes kept as 1. */
export function keptShape(shape: readonly number[], axes: readonly number[]): number[] {
  return shape.map((size, axis) => (axes.includes(axis) ? 1 : size))
}
