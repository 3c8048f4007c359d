import {
  batchToSpaceND,
  cast,
  concat,
  mul,
  pad,
  reshape,
  reverse,
  slice,
  slice_util,
  spaceToBatchND,
  stack,
  sub,
  sum,
  type Tensor,
  transpose,
  zeros,
} from '@tensorflow/tfjs-core'
import { sumTo } from '../broadcast'
import { padOrCropAxis, spreadOut } from '../spatial'
import { type Gradients, rule, unary } from './gradient'

export const shapes: Gradients = {
  // not a clone: wasm copies the numbers for one
  Identity: rule([], (dy: Tensor) => ({ x: () => reshape(dy, dy.shape) })),
  Reshape: unary((dy, x) => reshape(dy, x.shape)),
  ExpandDims: unary((dy, x) => reshape(dy, x.shape), 'input'),
  BroadcastTo: unary((dy, x) => sumTo(dy, x.shape)),
  Transpose: rule([], (dy: Tensor, _, { perm }) => ({ x: () => transpose(dy, inverse(perm)) })),
  Reverse: rule([], (dy: Tensor, _, { dims }) => ({ x: () => reverse(dy, dims) })),

  Concat: rule('all', (dy: Tensor, saved, { axis }) => {
    const along = (axis + dy.rank) % dy.rank
    let offset = 0
    return Object.fromEntries(
      saved.map((part, i) => {
        const begin = dy.shape.map((_, a) => (a === along ? offset : 0))
        offset += part.shape[along]!
        return [i, () => slice(dy, begin, part.shape)]
      }),
    )
  }),
  SplitV: rule([], (_, __, { axis }, dys) => ({ x: () => concat(dys, axis) })),
  Pack: rule('all', (dy: Tensor, saved, { axis }) => {
    const along = (axis + dy.rank) % dy.rank
    const size = dy.shape.map((n, a) => (a === along ? 1 : n))
    return Object.fromEntries(
      saved.map((part, i) => {
        const begin = dy.shape.map((_, a) => (a === along ? i : 0))
        return [i, () => reshape(slice(dy, begin, size), part.shape)]
      }),
    )
  }),
  Unpack: rule([], (_, __, { axis }, dys) => ({ value: () => stack(dys, axis) })),

  PadV2: unary((dy, x, { paddings }) =>
    slice(
      dy,
      paddings.map(([before]: [number, number]) => before),
      x.shape,
    ),
  ),
  Slice: unary((dy, x, { begin, size }) => {
    const [start, extent] = slice_util.parseSliceParams(x, begin, size) as [number[], number[]]
    return pad(
      dy,
      x.shape.map((n, a) => [start[a]!, n - start[a]! - extent[a]!] as [number, number]),
    )
  }),
  StridedSlice: unary(unslice),
  Tile: unary((dy, x, { reps }) => untile(dy, x.shape, reps)),
  Select: rule(['condition'], (dy: Tensor, [condition]) => {
    const chosen = () => cast(condition!, 'float32')
    return {
      condition: () => zeros(condition!.shape),
      t: () => mul(dy, chosen()),
      e: () => mul(dy, sub(1, chosen())),
    }
  }),
  SpaceToBatchND: unary((dy, _, { blockShape, paddings }) =>
    batchToSpaceND(dy, blockShape, paddings),
  ),
  DepthToSpace: unary((dy, _, { blockSize }) => spaceToDepth(dy, blockSize)),
  BatchToSpaceND: unary((dy, _, { blockShape, crops }) => spaceToBatchND(dy, blockShape, crops)),
}

/** The inverse of depthToSpace, `[n, h, w, c]` to `[n, h / block, w / block, block² c]`. */
function spaceToDepth(x: Tensor, block: number): Tensor {
  const [n, h, w, c] = x.shape as [number, number, number, number]
  const blocks = reshape(x, [n, h / block, block, w / block, block, c])
  const moved = transpose(blocks, [0, 1, 3, 2, 4, 5])
  return reshape(moved, [n, h / block, w / block, block * block * c])
}

function inverse(perm: readonly number[]): number[] {
  return perm.map((_, axis) => perm.indexOf(axis))
}

// The adjoint of repeating along one axis at a time: sums over the repeats.
function untile(dy: Tensor, shape: readonly number[], reps: readonly number[]): Tensor {
  let dx = dy
  reps.forEach((repeats, axis) => {
    if (repeats === 1) return
    const outer = dx.shape.slice(0, axis).reduce((a, b) => a * b, 1)
    const to = dx.shape.map((n, a) => (a === axis ? shape[axis]! : n))
    dx = reshape(sum(reshape(dx, [outer, repeats, dx.size / outer / repeats]), 1), to)
  })
  return dx
}

interface StridedSliceAttrs {
  readonly begin: number[]
  readonly end: number[]
  readonly strides: number[]
  readonly beginMask: number
  readonly endMask: number
  readonly ellipsisMask: number
  readonly newAxisMask: number
  readonly shrinkAxisMask: number
}

function unslice(dy: Tensor, x: Tensor, a: StridedSliceAttrs): Tensor {
  const taken = slice_util.sliceInfo(
    x.shape,
    a.begin,
    a.end,
    a.strides,
    a.beginMask,
    a.endMask,
    a.ellipsisMask,
    a.newAxisMask,
    a.shrinkAxisMask,
  )
  // how many were taken along each axis; an axis that was dropped counts one
  const counts = x.shape.map((_, axis) =>
    Math.max(0, Math.ceil((taken.end[axis]! - taken.begin[axis]!) / taken.strides[axis]!)),
  )
  let dx = reshape(dy, counts)
  counts.forEach((n, axis) => {
    const stride = taken.strides[axis]!
    const step = Math.abs(stride)
    const first = taken.begin[axis]! + (stride < 0 ? (n - 1) * stride : 0)
    if (stride < 0) dx = reverse(dx, axis)
    dx = padOrCropAxis(spreadOut(dx, axis, step), axis, first, x.shape[axis]! - first - n * step)
  })
  return dx
}
