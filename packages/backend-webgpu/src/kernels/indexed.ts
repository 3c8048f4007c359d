import { KshotError } from '@kshot/core'
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu'
import { backend_util, type TensorInfo, util } from '@tensorflow/tfjs-core'
import type { Call, Kernels } from './kernel'
import { run } from './program'

const sizeOf = ({ shape }: TensorInfo) => util.sizeFromShape(shape)

/**
 * Numbers that are found, added or put by their index. An index out of range is an error where the processor knows
 * the indices; the GPU cannot throw: it finds NaN, which training notices, and adds and puts nothing. Sums are taken
 * in the order of the rows: TensorFlow.js' own add in any order, so that the bytes change from run to run.
 */
export const indexed: Kernels = {
  GatherV2: (call, stock) => {
    const { x, indices } = call.inputs as { x: TensorInfo; indices: TensorInfo }
    const { axis, batchDims } = call.attrs as { axis: number; batchDims: number }
    const along = util.parseAxisParam(axis, x.shape)[0]!
    check(call.backend, indices, [x.shape[along]!], 1)
    const plain = sizeOf(x) === 0 || sizeOf(indices) === 0 || !isNumeric(x)
    if (plain || call.backend.shouldExecuteOnCPU([x, indices])) return stock(call)
    const info = backend_util.segment_util.collectGatherOpShapeInfo(x, indices, along, batchDims)
    return run(call.backend, {
      key: 'gather',
      inputs: { x, indices },
      shape: info.outputShape,
      dtype: x.dtype,
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
  result[i] = select(${nothing(x)}, x[at], there);`,
    })
  },

  GatherNd: (call, stock) => {
    const { params: x, indices } = call.inputs as { params: TensorInfo; indices: TensorInfo }
    const rank = indices.shape.at(-1)!
    check(call.backend, indices, x.shape, rank)
    const plain = sizeOf(x) === 0 || sizeOf(indices) === 0 || !isNumeric(x)
    if (plain || call.backend.shouldExecuteOnCPU([x, indices])) return stock(call)
    const [shape, , width, strides] = backend_util.prepareAndValidate(x, indices)
    return run(call.backend, {
      key: `gather_nd_${rank}`,
      inputs: { x, indices },
      shape,
      dtype: x.dtype,
      ints: { width, ...indexInts(x.shape, strides, rank) },
      code: `
  let u = i / uniforms.width;${rowOf(rank)}
  result[i] = select(${nothing(x)}, x[select(0, row, inside) * uniforms.width + i % uniforms.width], inside);`,
    })
  },

  ScatterNd: (call, stock) => {
    const { indices, updates } = call.inputs as { indices: TensorInfo; updates: TensorInfo }
    const { shape } = call.attrs as { shape: number[] }
    return intoRows(call, { indices, updates }, shape, 'add') ?? stock(call)
  },

  TensorScatterUpdate: (call, stock) => {
    const { tensor, indices, updates } = call.inputs as { [name: string]: TensorInfo }
    const inputs = { indices: indices!, updates: updates!, base: tensor! }
    return intoRows(call, inputs, tensor!.shape, 'put') ?? stock(call)
  },

  SparseToDense: (call, stock) => {
    const { sparseIndices, sparseValues, defaultValue } = call.inputs as {
      [name: string]: TensorInfo
    }
    const { outputShape } = call.attrs as { outputShape: number[] }
    // a list is one of single numbers here, and not one index
    const list = sparseIndices!.shape.length < 2
    const indices = list
      ? { ...sparseIndices!, shape: [sizeOf(sparseIndices!), 1] }
      : sparseIndices!
    const inputs = { indices, updates: sparseValues!, base: defaultValue! }
    return intoRows(call, inputs, outputShape, 'put') ?? stock(call)
  },

  UnsortedSegmentSum: (call, stock) => {
    const { x, segmentIds } = call.inputs as { x: TensorInfo; segmentIds: TensorInfo }
    const shape = [call.attrs.numSegments as number, ...x.shape.slice(1)]
    const indices = { ...segmentIds, shape: [sizeOf(segmentIds), 1] }
    // an id that is none of the segments is no error: its row is left out
    return intoRows(call, { indices, updates: x }, shape, 'add', false) ?? stock(call)
  },
}

const isNumeric = ({ dtype }: TensorInfo) => ['float32', 'int32', 'bool'].includes(dtype)

/** What stands for a number that is not there. */
const nothing = ({ dtype }: TensorInfo) => (dtype === 'float32' ? 'uniforms.NAN' : '0')

/** A type, since an interface would be no record of inputs. */
type Rows = {
  readonly indices: TensorInfo
  readonly updates: TensorInfo
  /** What is there before, one number for all or each its own; else 0. */
  readonly base?: TensorInfo
}

/** Each row of `updates` into the one that its index names, or nothing where the GPU has nothing to do. */
function intoRows(
  { backend }: Call,
  inputs: Rows,
  shape: readonly number[],
  how: 'add' | 'put',
  strict = true,
): TensorInfo | undefined {
  const { indices, updates, base } = inputs
  const info = backend_util.calculateShapes(updates, indices, [...shape])
  const { sliceRank: rank, numUpdates: count, sliceSize: width, strides } = info
  if (strict) check(backend, indices, shape, rank)
  const size = util.sizeFromShape([...shape])
  if (!isNumeric(updates) || count * width === 0 || size === 0) return undefined
  const one = sizeOf(updates) === 1 ? 0 : 1
  const before = base ? `base[${sizeOf(base) === 1 ? '0' : 'i'}]` : '0'
  return run(backend, {
    key: `${how}_rows_${rank}_${one}_${before}`,
    inputs,
    shape,
    dtype: updates.dtype,
    ints: { count, width, ...indexInts(shape, [...strides], rank) },
    code: `
  var value = ${updates.dtype === 'float32' ? 'f32' : 'i32'}(${before});
  for (var u = 0; u < uniforms.count; u += 1) {${rowOf(rank)}
    if (inside && row == i / uniforms.width) {
      value ${how === 'add' ? '+' : ''}= updates[(u * uniforms.width + i % uniforms.width) * ${one}];
    }
  }
  result[i] = value;`,
  })
}

function indexInts(shape: readonly number[], strides: readonly number[], rank: number) {
  const axes = Array.from({ length: rank }, (_, r) => [
    [`t${r}`, strides[r]!],
    [`n${r}`, shape[r]!],
  ])
  return Object.fromEntries(axes.flat()) as Record<string, number>
}

/** The row that index number u names, and whether there is one. */
function rowOf(rank: number): string {
  const axes = Array.from(
    { length: rank },
    (_, r) => `
    let k${r} = i32(indices[u * ${rank} + ${r}]);
    row += k${r} * uniforms.t${r}; inside = inside && k${r} >= 0 && k${r} < uniforms.n${r};`,
  )
  return `\n    var row = 0; var inside = true;${axes.join('')}`
}

/** Throws where an index is known and out of range; what lies on the GPU is not known. */
function check(
  backend: WebGPUBackend,
  indices: TensorInfo,
  shape: readonly number[],
  depth: number,
): void {
  const { values } = backend.tensorMap.get(indices.dataId)
  if (!values) return
  const wrong = (values as Int32Array).findIndex((v, i) => v < 0 || v >= shape[i % depth]!)
  if (wrong < 0) return
  const start = wrong - (wrong % depth)
  throw new KshotError('webgpu/index-out-of-range', {
    got: `the index [${Array.from(values as Int32Array)
      .slice(start, start + depth)
      .join(', ')}]`,
    expected: `an index into [${shape.join(', ')}]`,
    remedy: 'Check the indices passed to gather, gatherND, scatterND and similar operations',
  })
}
