import { customGrad, matMul, mul, ones, reshape, sum, type Tensor } from '@tensorflow/tfjs-core'

/**
 * Sums over all axes but the last `kept` ones: `[...m, ...k]` to `[...k]`.
 *
 * As a row of ones times a matrix: on stock wasm that is 30 times faster than `sum` over leading axes.
 */
export function sumLeading(x: Tensor, kept: number): Tensor {
  const shape = kept === 0 ? [] : x.shape.slice(-kept)
  const size = shape.reduce((product, n) => product * n, 1)
  if (size < 2 || x.size === size || x.size === 0)
    return reshape(sum(x, leadingAxes(x.rank, kept)), shape)
  const rows = x.size / size
  const linear = customGrad(((input: Tensor) => ({
    value: reshape(matMul(ones([1, rows]), reshape(input, [rows, size])), shape),
    gradFunc: (dy: Tensor) => mul(ones(input.shape), dy),
  })) as never)
  return linear(x)
}

/** Undoes broadcasting: sums `dy` over the axes along which an input of `shape` was repeated. */
export function sumTo(dy: Tensor, shape: readonly number[]): Tensor {
  if (dy.shape.join() === shape.join()) return dy
  const padded = [...Array<number>(dy.rank - shape.length).fill(1), ...shape]
  const axes = padded.flatMap((n, axis) => (n === 1 && dy.shape[axis] !== 1 ? [axis] : []))
  if (axes.length === 0) return reshape(dy, [...shape])
  const leading = axes.every((axis, i) => axis === i)
  const summed = leading ? sumLeading(dy, dy.rank - axes.length) : sum(dy, axes)
  return reshape(summed, [...shape])
}

function leadingAxes(rank: number, kept: number): number[] {
  return Array.from({ length: rank - kept }, (_, axis) => axis)
}
