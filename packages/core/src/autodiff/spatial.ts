import { concat, pad, reshape, slice, type Tensor } from '@tensorflow/tfjs-core'

/** Zeros before and after `x` along each axis; a negative number takes away. */
export function padOrCrop(
  x: Tensor,
  edges: readonly (readonly [before: number, after: number])[],
): Tensor {
  let y = x
  if (edges.some(([before, after]) => before < 0 || after < 0)) {
    const begin = edges.map(([before]) => Math.max(-before, 0))
    const size = edges.map(([, after], i) => x.shape[i]! - begin[i]! - Math.max(-after, 0))
    y = slice(x, begin, size)
  }
  if (edges.every(([before, after]) => before <= 0 && after <= 0)) return y
  return pad(
    y,
    edges.map(([before, after]) => [Math.max(before, 0), Math.max(after, 0)] as [number, number]),
  )
}

/** {@link padOrCrop} along one axis. */
export function padOrCropAxis(x: Tensor, axis: number, before: number, after: number): Tensor {
  if (before === 0 && after === 0) return x
  return padOrCrop(
    x,
    x.shape.map((_, i) => (i === axis ? [before, after] : [0, 0])),
  )
}

/**
 * Puts `step` − 1 zeros after each entry along `axis`: the adjoint of taking every `step`-th entry.
 *
 * Done on three axes, where padding and its own derivative copy whole rows on every backend.
 */
export function spreadOut(x: Tensor, axis: number, step: number): Tensor {
  if (step === 1) return x
  const outer = x.shape.slice(0, axis + 1).reduce((a, b) => a * b, 1)
  const inner = x.size / outer
  const padded = pad(reshape(x, [outer, 1, inner]), [
    [0, 0],
    [0, step - 1],
    [0, 0],
  ])
  return reshape(
    padded,
    x.shape.map((size, i) => (i === axis ? size * step : size)),
  )
}

/** Interleaves two tensors along `axis`: a0 b0 a1 b1 … */
export function interleave(a: Tensor, b: Tensor, axis: number): Tensor {
  const outer = a.shape.slice(0, axis + 1).reduce((x, y) => x * y, 1)
  const rows = [outer, a.size / outer]
  return reshape(
    concat([reshape(a, rows), reshape(b, rows)], 1),
    a.shape.map((size, i) => (i === axis ? size * 2 : size)),
  )
}
