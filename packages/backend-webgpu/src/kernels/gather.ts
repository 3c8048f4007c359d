import { backend_util, type TensorInfo, util } from '@tensorflow/tfjs-core'
import type { Call, Kernels } from './kernel'
import { run } from './program'

const sizeOf = ({ shape }: TensorInfo) => util.sizeFromShape(shape)

/**
 * Rows by their number, and their sums. A row that is not there is NaN, which training notices; a GPU cannot throw.
 * Sums are taken in the order of the rows: TensorFlow.js' own add in any order, so that the bytes change from run
 * to run.
 */
export const gathers: Kernels = {
  GatherV2: (call, stock) => {
    const { x, indices } = call.inputs as { x: TensorInfo; indices: TensorInfo }
    const { axis, batchDims } = call.attrs as { axis: number; batchDims: number }
    if (x.dtype !== 'float32' || sizeOf(x) === 0 || call.backend.shouldExecuteOnCPU([x, indices])) {
      return stock(call)
    }
    const along = util.parseAxisParam(axis, x.shape)[0]!
    const info = backend_util.segment_util.collectGatherOpShapeInfo(x, indices, along, batchDims)
    return run(call.backend, {
      key: 'gather',
      inputs: { x, indices },
      shape: info.outputShape,
      dtype: 'float32',
      ints: {
        inner: info.sliceSize,
        picked: sizeOf(indices) / info.batchSize,
        outer: info.outerSize,
        rows: info.dimSize,
      },
      code: `
  let column = i % uniforms.inner;
  let place = (i / uniforms.inner) % uniforms.picked;
  let before = i / (uniforms.inner * uniforms.picked);
  let row = i32(indices[(before / uniforms.outer) * uniforms.picked + place]);
  let there = row >= 0 && row < uniforms.rows;
  let at = (before * uniforms.rows + select(0, row, there)) * uniforms.inner + column;
  result[i] = select(uniforms.NAN, x[at], there);`,
    })
  },

  ScatterNd: (call, stock) => {
    const { indices, updates } = call.inputs as { indices: TensorInfo; updates: TensorInfo }
    const { shape } = call.attrs as { shape: number[] }
    const info = backend_util.calculateShapes(updates, indices, shape)
    const { sliceRank, numUpdates, sliceSize, strides } = info
    const whole = sizeOf(updates) === numUpdates * sliceSize && numUpdates * sliceSize > 0
    if (updates.dtype !== 'float32' || !whole) return stock(call)
    const sizes = { rank: sliceRank, count: numUpdates, width: sliceSize }
    return sumRows(call, { indices, updates }, shape, sizes, [...strides])
  },

  UnsortedSegmentSum: (call, stock) => {
    const { x, segmentIds } = call.inputs as { x: TensorInfo; segmentIds: TensorInfo }
    const count = sizeOf(segmentIds)
    if (x.dtype !== 'float32' || sizeOf(x) === 0) return stock(call)
    const shape = [call.attrs.numSegments as number, ...x.shape.slice(1)]
    const sizes = { rank: 1, count, width: sizeOf(x) / count }
    return sumRows(call, { indices: segmentIds, updates: x }, shape, sizes, [1])
  },
}

/** Adds each row of `updates` to the one of the output that its indices name; those outside are left out. */
function sumRows(
  { backend }: Call,
  inputs: { readonly indices: TensorInfo; readonly updates: TensorInfo },
  shape: readonly number[],
  sizes: { readonly rank: number; readonly count: number; readonly width: number },
  strides: readonly number[],
): TensorInfo {
  const ints: Record<string, number> = { ...sizes }
  for (let r = 0; r < sizes.rank; r++)
    Object.assign(ints, { [`t${r}`]: strides[r], [`n${r}`]: shape[r] })
  const index = Array.from(
    { length: sizes.rank },
    (_, r) => `
    let k${r} = i32(indices[u * uniforms.rank + ${r}]);
    row += k${r} * uniforms.t${r}; inside = inside && k${r} >= 0 && k${r} < uniforms.n${r};`,
  )
  return run(backend, {
    key: `sum_rows_${sizes.rank}`,
    inputs,
    shape,
    dtype: 'float32',
    ints,
    code: `
  var total = 0.0;
  for (var u = 0; u < uniforms.count; u += 1) {
    var row = 0; var inside = true;${index.join('')}
    if (inside && row == i / uniforms.width) {
      total += updates[u * uniforms.width + i % uniforms.width];
    }
  }
  result[i] = total;`,
  })
}
