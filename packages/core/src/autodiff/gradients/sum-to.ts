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

/** Stock wasm corrupts memory when it averages more channels than a thousand or two. */
const MOST_CHANNELS = 512

/**
 * Sums over all axes but the last: `[...m, c]` to `[c]`.
 *
 * As an average over one large window: on stock wasm that is 25 times faster than `sum` over
 * leading axes, which jumps through memory.
 */
export function sumLeading(x: Tensor): Tensor {
  const channels = x.shape.at(-1) ?? 1
  const rows = x.size / channels
  if (x.rank < 2 || rows < 16 || channels < 2 || channels > MOST_CHANNELS) {
    return sum(
      x,
      x.shape.slice(0, -1).map((_, axis) => axis),
    )
  }
  const n = x.rank > 2 ? x.shape[0]! : 1
  const window = rows / n
  const linear = customGrad(((input: Tensor) => {
    const strips = reshape(input, [n, window, 1, channels]) as Tensor4D
    const means = avgPool(strips, [window, 1], 1, 'valid')
    return {
      value: mul(sum(reshape(means, [n, channels]), 0), window),
      gradFunc: (dy: Tensor) => mul(ones(input.shape), dy),
    }
  }) as never)
  return linear(x)
}

/** Undoes broadcasting: sums `dy` over the axes along which an input of `shape` was repeated. */
export function sumTo(dy: Tensor, shape: readonly number[]): Tensor {
  if (dy.shape.join() === shape.join()) return dy
  const padded = [...Array<number>(dy.rank - shape.length).fill(1), ...shape]
  const axes = padded.flatMap((n, axis) => (n === 1 && dy.shape[axis] !== 1 ? [axis] : []))
  const leading = axes.length === dy.rank - 1 && axes.every((axis, i) => axis === i)
  return reshape(leading ? sumLeading(dy) : sum(dy, axes), [...shape])
}
