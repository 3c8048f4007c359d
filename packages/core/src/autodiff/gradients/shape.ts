import {
  cast,
  concat,
  cumsum,
  pad,
  reshape,
  reverse,
  slice,
  split,
  stack,
  sum,
  type Tensor,
  transpose,
  unsortedSegmentSum,
  unstack,
  util,
  zerosLike,
} from '@tensorflow/tfjs-core'
import type { Gradients } from './gradient'
import { sumTo } from './sum-to'

const reshaped = {
  saves: ['x'],
  gradient: (dy: Tensor, [x]: Tensor[]) => ({ x: () => reshape(dy, x!.shape) }),
}
const zero = (input: string) => ({
  saves: [input],
  gradient: (_: Tensor, [x]: Tensor[]) => ({ [input]: () => zerosLike(x!) }),
})

/** Kernels that move numbers and do not change them. */
export const shapes: Gradients = {
  Identity: { saves: [], gradient: (dy) => ({ x: () => cast(dy, 'float32') }) },
  Cast: { saves: [], gradient: (dy) => ({ x: () => cast(dy, 'float32') }) },
  Reshape: reshaped,
  ExpandDims: {
    ...reshaped,
    saves: ['input'],
    gradient: (dy, [x]) => ({ input: () => reshape(dy, x.shape) }),
  },
  Transpose: {
    saves: [],
    gradient: (dy, _, { perm }: { perm: number[] }) => ({
      x: () =>
        transpose(
          dy,
          perm.map((_axis, i) => perm.indexOf(i)),
        ),
    }),
  },
  Reverse: { saves: [], gradient: (dy, _, { dims }) => ({ x: () => reverse(dy, dims) }) },
  BroadcastTo: { saves: ['x'], gradient: (dy, [x]) => ({ x: () => sumTo(dy, x.shape) }) },
  Tile: {
    saves: ['x'],
    gradient: (dy, [x]: [Tensor], { reps }: { reps: number[] }) => ({
      x: () => {
        const folded = reshape(
          dy,
          x.shape.flatMap((n, i) => [reps[i]!, n]),
        )
        return sum(
          folded,
          x.shape.map((_, i) => 2 * i),
        )
      },
    }),
  },
  Concat: {
    saves: 'all',
    gradient: (dy, saved: Tensor[], { axis }: { axis: number }) => {
      const along = util.parseAxisParam(axis, saved[0]!.shape)[0]!
      const parts = () =>
        split(
          dy,
          saved.map((x) => x.shape[along]!),
          along,
        )
      return Object.fromEntries(saved.map((_, i) => [String(i), () => parts()[i]!]))
    },
  },
  Pack: {
    saves: 'all',
    gradient: (dy, saved: Tensor[], { axis }: { axis: number }) =>
      Object.fromEntries(saved.map((_, i) => [String(i), () => unstack(dy, axis)[i]!])),
  },
  Unpack: {
    saves: [],
    gradient: (_, __, { axis }, dys) => ({ value: () => stack(dys, axis) }),
  },
  SplitV: { saves: [], gradient: (_, __, { axis }, dys) => ({ x: () => concat(dys, axis) }) },
  Slice: {
    saves: ['x'],
    gradient: (
      dy,
      [x]: [Tensor],
      { begin, size }: { begin: number | number[]; size: number | number[] },
    ) => {
      const [from, length] = sliceOf(x, begin, size)
      const around = x.shape.map(
        (n, i) => [from[i]!, n - from[i]! - length[i]!] as [number, number],
      )
      return { x: () => pad(dy, around) }
    },
  },
  PadV2: {
    saves: ['x'],
    gradient: (dy, [x]: [Tensor], { paddings }: { paddings: [number, number][] }) => ({
      x: () =>
        slice(
          dy,
          paddings.map(([before]) => before),
          x.shape,
        ),
    }),
  },
  GatherV2: {
    saves: ['x', 'indices'],
    gradient: (dy, [x, indices]: [Tensor, Tensor], { axis, batchDims }) => ({
      x: () => scatter(dy, x, indices, axis, batchDims),
    }),
  },
  Cumsum: {
    saves: [],
    gradient: (dy, _, { axis, exclusive, reverse: backwards }) => ({
      x: () => cumsum(dy, axis, exclusive, !backwards),
    }),
  },
  DepthToSpace: {
    saves: [],
    gradient: (dy, _, { blockSize }: { blockSize: number }) => ({
      x: () => spaceToDepth(dy, blockSize),
    }),
  },
  ZerosLike: zero('x'),
  OnesLike: zero('x'),
}

function sliceOf(
  x: Tensor,
  begin: number | number[],
  size: number | number[],
): [number[], number[]] {
  const from = x.shape.map((_, i) => [begin].flat()[i] ?? 0)
  const wanted = [size].flat()
  return [from, x.shape.map((n, i) => ((wanted[i] ?? -1) === -1 ? n - from[i]! : wanted[i]!))]
}

/** Adds the rows of dy where their index points; rows that were gathered twice add up. */
function scatter(dy: Tensor, x: Tensor, indices: Tensor, axis: number, batchDims = 0): Tensor {
  if (batchDims !== 0) throw new Error('gather with batchDims has no gradient')
  const at = util.parseAxisParam(axis, x.shape)[0]!
  const rest = [...x.shape.slice(0, at), ...x.shape.slice(at + 1)]
  const order = [...Array(indices.rank).keys()].map((i) => at + i)
  const others = [...Array(dy.rank).keys()].filter((i) => !order.includes(i))
  const rows = reshape(transpose(dy, [...order, ...others]), [indices.size, ...rest])
  const summed = unsortedSegmentSum(
    rows as never,
    reshape(indices, [indices.size]) as never,
    x.shape[at]!,
  )
  const back = x.shape.map((_, i) => (i === at ? 0 : i < at ? i + 1 : i))
  return transpose(summed, back)
}

/** The inverse of depthToSpace (NHWC). */
export function spaceToDepth(x: Tensor, block: number): Tensor {
  const [n, h, w, c] = x.shape as [number, number, number, number]
  const blocks = reshape(x, [n, h / block, block, w / block, block, c])
  const moved = transpose(blocks, [0, 1, 3, 2, 4, 5])
  return reshape(moved, [n, h / block, w / block, block * block * c])
}
