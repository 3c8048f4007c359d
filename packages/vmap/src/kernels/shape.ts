import { slice_util, type TensorInfo, util } from '@tensorflow/tfjs-core'
import { storedAxes, type TasksBackend } from '../tasks-backend'
import { repeatTo } from './elementwise'
import { alike, anyPerTask, each, type Kernels, listed } from './kernel'
import { runOneByOne } from './one-by-one'

export const shapes: Kernels = {
  // ---- the same numbers
  Identity: (backend, { inputs: { x } }) => backend.reshaped(x, x.shape),
  Reshape: (backend, { inputs: { x }, attrs: { shape } }) =>
    backend.reshaped(x, util.inferFromImplicitShape(shape, util.sizeFromShape(x.shape))),
  ExpandDims: (backend, { inputs: { input }, attrs: { dim } }) => {
    const at = dim < 0 ? input.shape.length + dim + 1 : dim
    return backend.reshaped(input, input.shape.toSpliced(at, 0, 1))
  },

  // ---- made of nothing: shared by all tasks
  ZerosLike: (backend, { inputs: { x } }) => filled(backend, x.shape, 0, x.dtype),
  OnesLike: (backend, { inputs: { x } }) => filled(backend, x.shape, 1, x.dtype),
  Fill: (backend, { attrs: { shape, value, dtype } }) => filled(backend, shape, value, dtype),
  ...each(['Range', 'LinSpace'], (backend, { attrs, name }) => {
    const values = backend.run(name, {}, attrs)
    return backend.logical({ ...values, shape: [1, ...values.shape] })
  }),

  // ---- moved
  Transpose: (backend, { inputs: { x }, attrs: { perm } }) => {
    const moved = { perm: [0, ...perm.map((axis: number) => axis + 1)] }
    return backend.logical(backend.run('Transpose', { x: backend.stored(x) }, moved))
  },
  Reverse: (backend, { inputs: { x }, attrs: { dims } }) =>
    x.shape.length === 0
      ? backend.reshaped(x, x.shape)
      : backend.logical(
          backend.run('Reverse', { x: backend.stored(x) }, { dims: storedAxes(dims, x) }),
        ),
  Slice: (backend, { inputs: { x }, attrs: { begin, size } }) => {
    const [from, extent] = slice_util.parseSliceParams(x, begin, size)
    const stored = backend.stored(x)
    const part = { begin: [0, ...from!], size: [stored.shape[0]!, ...extent!] }
    return backend.logical(backend.run('Slice', { x: stored }, part))
  },
  StridedSlice: (backend, { inputs: { x }, attrs }) => {
    const stored = backend.stored(x)
    const { begin, end, strides, ellipsisMask, newAxisMask, shrinkAxisMask } = attrs
    return backend.logical(
      backend.run(
        'StridedSlice',
        { x: stored },
        {
          begin: [0, ...begin],
          end: [stored.shape[0]!, ...end],
          strides: [1, ...strides],
          // one bit an axis
          beginMask: attrs.beginMask << 1,
          endMask: attrs.endMask << 1,
          ellipsisMask: ellipsisMask << 1,
          newAxisMask: newAxisMask << 1,
          shrinkAxisMask: shrinkAxisMask << 1,
        },
      ),
    )
  },
  ...each(['PadV2', 'MirrorPad'], (backend, { inputs: { x }, attrs, name }) => {
    const paddings = [[0, 0], ...attrs.paddings]
    return backend.logical(backend.run(name, { x: backend.stored(x) }, { ...attrs, paddings }))
  }),
  Tile: (backend, { inputs: { x }, attrs: { reps } }) => {
    const short = reps.length - x.shape.length
    const stored = backend.stored(x, [...Array(short).fill(1), ...x.shape])
    return backend.logical(backend.run('Tile', { x: stored }, { reps: [1, ...reps] }))
  },
  BroadcastTo: (backend, { inputs: { x }, attrs: { shape } }) => {
    const short = shape.length - x.shape.length
    const stored = backend.stored(x, [...Array(short).fill(1), ...x.shape])
    const full = repeatTo(backend, stored, [stored.shape[0]!, ...shape])
    backend.base.backend.incRef(full.dataId)
    return backend.logical(full)
  },

  // ---- joined and parted
  Concat: (backend, { inputs, attrs: { axis } }) => {
    const parts = listed(inputs)
    const [along] = storedAxes(axis, parts[0]!)
    return backend.logical(backend.run('Concat', alike(backend, parts), { axis: along }))
  },
  Pack: (backend, { inputs, attrs: { axis } }) => {
    const parts = listed(inputs)
    const along = (axis < 0 ? axis + parts[0]!.shape.length + 1 : axis) + 1
    return backend.logical(backend.run('Pack', alike(backend, parts), { axis: along }))
  },
  Unpack: (backend, { inputs: { value }, attrs: { axis } }) => {
    const [along] = storedAxes(axis, value)
    const parts = backend.runMany('Unpack', { value: backend.stored(value) }, { axis: along })
    return parts.map((part) => backend.logical(part))
  },
  SplitV: (backend, { inputs: { x }, attrs }) => {
    const [axis] = storedAxes(attrs.axis, x)
    const parts = backend.runMany('SplitV', { x: backend.stored(x) }, { ...attrs, axis })
    return parts.map((part) => backend.logical(part))
  },

  // ---- chosen
  OneHot: (backend, { inputs: { indices }, attrs }) =>
    backend.logical(backend.run('OneHot', { indices: backend.stored(indices) }, attrs)),
  GatherV2: (backend, { inputs: { x, indices }, attrs }) => {
    const axis = storedAxes(attrs.axis, x)[0]!
    if (anyPerTask(backend, [indices])) {
      if (axis === 1 && !attrs.batchDims) return gatherRows(backend, x, indices)
      return runOneByOne(backend, 'GatherV2', { x, indices }, attrs)
    }
    if (attrs.batchDims) return runOneByOne(backend, 'GatherV2', { x, indices }, attrs)
    const at = { ...backend.stored(indices), shape: indices.shape }
    const stored = { x: backend.stored(x), indices: at }
    return backend.logical(backend.run('GatherV2', stored, { axis, batchDims: 0 }))
  },
}

/** Each task's own rows, out of all tasks' rows one after the other; wasm gathers no batches. */
function gatherRows(backend: TasksBackend, x: TensorInfo, indices: TensorInfo): TensorInfo {
  const { tasks } = backend
  const [n, ...row] = x.shape as [number, ...number[]]
  const each = util.sizeFromShape(indices.shape)
  const shape = [tasks * each]
  const first = Int32Array.from({ length: tasks * each }, (_, i) => Math.floor(i / each) * n)
  const own = { ...backend.storedForEach(indices), shape }
  const moved = backend.untilEnd(backend.run('Add', { a: own, b: integers(backend, first) }))
  const at = insideOr(backend, own, n, moved)
  const rows = { ...backend.storedForEach(x), shape: [tasks * n, ...row] }
  const y = backend.run('GatherV2', { x: rows, indices: at }, { axis: 0, batchDims: 0 })
  return backend.logical({ ...y, shape: [tasks, ...indices.shape, ...row] })
}

/** `moved` where an index is one of n; elsewhere -1, which is no row, and not a row of the task beside. */
function insideOr(
  backend: TasksBackend,
  index: TensorInfo,
  n: number,
  moved: TensorInfo,
): TensorInfo {
  const run = (kernel: string, inputs: object) => backend.untilEnd(backend.run(kernel, inputs))
  const all = (value: number) => integers(backend, new Int32Array(index.shape[0]!).fill(value))
  const condition = run('LogicalAnd', {
    a: run('GreaterEqual', { a: index, b: all(0) }),
    b: run('Less', { a: index, b: all(n) }),
  })
  return run('Select', { condition, t: moved, e: all(-1) })
}

/** Whole numbers on the base, until the kernel ends. */
function integers(backend: TasksBackend, values: Int32Array): TensorInfo {
  const shape = [values.length]
  const dataId = backend.base.backend.write(values, shape, 'int32')
  return backend.untilEnd({ dataId, shape, dtype: 'int32' as const })
}

function filled(
  backend: TasksBackend,
  shape: number[],
  value: number,
  dtype: TensorInfo['dtype'],
): TensorInfo {
  return backend.logical(backend.run('Fill', {}, { shape: [1, ...shape], value, dtype }))
}
