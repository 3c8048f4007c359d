import {
  add,
  cast,
  gather,
  gatherND,
  greaterEqual,
  maximum,
  mul,
  range,
  reshape,
  scatterND,
  type Tensor,
  type Tensor1D,
  tensor1d,
  transpose,
  zeros,
} from '@tensorflow/tfjs-core'
import { KshotError } from '../../errors'
import { type Gradients, offTape, rule, unary } from './gradient'

export const gathers: Gradients = {
  GatherV2: rule(['x', 'indices'], (dy: Tensor, saved, { axis, batchDims }) => {
    const [x, indices] = saved as [Tensor, Tensor]
    return {
      x: () => ungather(dy, x.shape, indices, (axis + x.rank) % x.rank, batchDims ?? 0),
      indices: () => zeros(indices.shape),
    }
  }),
  GatherNd: rule(['params', 'indices'], (dy: Tensor, saved) => {
    const [params, indices] = saved as [Tensor, Tensor]
    return {
      params: () => scatterND(indices, dy, params.shape),
      indices: () => zeros(indices.shape),
    }
  }),
  ScatterNd: rule(['indices'], (dy: Tensor, [indices]) => ({
    indices: () => zeros(indices!.shape),
    updates: () => gatherND(dy, indices!),
  })),
  UnsortedSegmentSum: rule(['segmentIds'], (dy: Tensor, [ids]) => ({
    x: () => {
      const rows = gather(dy, offTape(() => maximum(ids!, cast(0, 'int32'))) as Tensor1D)
      const valid = offTape(() => cast(greaterEqual(ids!, 0), 'float32'))
      return mul(rows, reshape(valid, [ids!.size, ...Array(dy.rank - 1).fill(1)]))
    },
    segmentIds: () => zeros(ids!.shape),
  })),
  // a reflection is a gather along each axis
  MirrorPad: unary((dy, x, { paddings, mode }) =>
    x.shape.reduce((dx, size, axis) => {
      const source = mirrored(size, paddings[axis], mode === 'reflect' ? 0 : 1)
      const shape = dx.shape.map((n, a) => (a === axis ? size : n))
      return ungather(
        dx,
        shape,
        offTape(() => tensor1d(source, 'int32')),
        axis,
        0,
      )
    }, dy),
  ),
}

/** The adjoint of gathering along `axis`: adds each slice of `dy` to the entry it was taken from. */
function ungather(
  dy: Tensor,
  shape: readonly number[],
  indices: Tensor,
  axis: number,
  batchDims: number,
): Tensor {
  if (batchDims > 0) return ungatherBatched(dy, shape, indices, axis, batchDims)
  const outer = shape.slice(0, axis)
  const inner = shape.slice(axis + 1)
  const size = (s: readonly number[]) => s.reduce((a, b) => a * b, 1)
  const [before, after] = [size(outer), size(inner)]
  const first = transpose(reshape(dy, [before, indices.size, after]), [1, 0, 2])
  const sums = scatterND(reshape(indices, [indices.size, 1]), first, [shape[axis]!, before, after])
  return reshape(transpose(sums, [1, 0, 2]), shape as number[])
}

// The batches one after another: entry i of batch b is entry b · n + i.
function ungatherBatched(
  dy: Tensor,
  shape: readonly number[],
  indices: Tensor,
  axis: number,
  batchDims: number,
): Tensor {
  if (axis !== batchDims) {
    throw new KshotError('autodiff/no-gradient', {
      got: `the gradient of GatherV2 along axis ${axis} with ${batchDims} batch dimensions`,
      expected: 'the axis right after the batch dimensions',
      remedy: 'Transpose so that the gathered axis follows the batch',
    })
  }
  const batches = shape.slice(0, batchDims).reduce((a, b) => a * b, 1)
  const n = shape[axis]!
  const flat = offTape(() =>
    add(
      reshape(indices, [batches, indices.size / batches]),
      reshape(mul(range(0, batches, 1, 'int32'), cast(n, 'int32')), [batches, 1]),
    ),
  )
  const inner = shape.slice(axis + 1)
  return reshape(ungather(dy, [batches * n, ...inner], flat, 0, 0), shape as number[])
}

function mirrored(size: number, [before, after]: [number, number], edge: 0 | 1): number[] {
  return Array.from({ length: before + size + after }, (_, i) => {
    const at = i - before
    if (at < 0) return -at - edge
    return at < size ? at : 2 * size - 2 - at + edge
  })
}
