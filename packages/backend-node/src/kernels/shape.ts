import { type DataType, slice_util, type TensorInfo, util } from '@tensorflow/tfjs-core'
import type { NativeBackend } from '../native-backend'
import { type Kernels, meanwhile, pairs } from './kernel'

const listOf = (inputs: object) => Object.values(inputs) as TensorInfo[]

function fill(backend: NativeBackend, shape: readonly number[], value: number, dtype: DataType) {
  if (dtype === 'float32') {
    return backend.run('Fill', [backend.ints(shape), backend.float(value)])
  }
  return meanwhile(backend, (keep) => {
    const whole = keep(backend.run('Fill', [backend.ints(shape), backend.ints(value)]))
    return dtype === 'int32'
      ? backend.alias(whole)
      : backend.run('Cast', [whole], { DstT: { dtype } })
  })
}

export const shapes: Kernels = {
  Identity: (backend, { inputs: { x } }) => backend.alias(x),
  Reshape: (backend, { inputs: { x }, attrs }) => {
    const size = util.sizeFromShape(x.shape)
    const shape = util.inferFromImplicitShape(attrs.shape, size)
    util.assert(
      size === util.sizeFromShape(shape),
      () =>
        `new shape: ${shape}, old shape: ${x.shape}. They must have the same number of elements`,
    )
    return backend.alias(x, shape)
  },
  ExpandDims: (backend, { inputs: { input }, attrs: { dim } }) => {
    const axis = dim < 0 ? dim + input.shape.length + 1 : dim
    return backend.alias(input, [...input.shape.slice(0, axis), 1, ...input.shape.slice(axis)])
  },
  Transpose: (backend, { inputs: { x }, attrs: { perm } }) =>
    backend.run('Transpose', [x, backend.ints(perm)]),
  Reverse: (backend, { inputs: { x }, attrs: { dims } }) =>
    backend.run('ReverseV2', [x, backend.ints(util.parseAxisParam(dims, x.shape))]),
  FlipLeftRight: (backend, { inputs: { image } }) =>
    backend.run('ReverseV2', [image, backend.ints([2])]),

  Slice: (backend, { inputs: { x }, attrs: { begin, size } }) => {
    const [start, extent] = slice_util.parseSliceParams(x, begin, size) as [number[], number[]]
    return backend.run('Slice', [x, backend.ints(start), backend.ints(extent)])
  },
  StridedSlice: (backend, { inputs: { x }, attrs }) => {
    const { begin, end, strides, beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask } =
      attrs
    return backend.run(
      'StridedSlice',
      [x, backend.ints(begin), backend.ints(end), backend.ints(strides ?? begin.map(() => 1))],
      {
        begin_mask: beginMask,
        end_mask: endMask,
        ellipsis_mask: ellipsisMask,
        new_axis_mask: newAxisMask,
        shrink_axis_mask: shrinkAxisMask,
      },
    )
  },
  PadV2: (backend, { inputs: { x }, attrs: { paddings, constantValue } }) =>
    meanwhile(backend, (keep) => {
      const value = keep(fill(backend, [], constantValue, x.dtype))
      return backend.run('PadV2', [x, keep(pairs(backend, paddings.flat())), value])
    }),
  MirrorPad: (backend, { inputs: { x }, attrs: { paddings, mode } }) =>
    meanwhile(backend, (keep) =>
      backend.run('MirrorPad', [x, keep(pairs(backend, paddings.flat()))], {
        mode: mode.toUpperCase(),
      }),
    ),
  Tile: (backend, { inputs: { x }, attrs: { reps } }) =>
    backend.run('Tile', [x, backend.ints(reps)]),
  BroadcastTo: (backend, { inputs: { x }, attrs: { shape } }) =>
    backend.run('BroadcastTo', [x, backend.ints(shape)]),

  Concat: (backend, { inputs, attrs: { axis } }) => {
    const list = listOf(inputs)
    const [along] = util.parseAxisParam(axis, list[0]!.shape)
    if (list.length === 1) return backend.alias(list[0]!)
    const attrs = {
      N: list.length,
      T: { dtype: list[0]!.dtype },
      Tidx: { dtype: 'int32' },
    } as const
    return backend.run('ConcatV2', [...list, backend.ints(along!)], attrs)
  },
  Pack: (backend, { inputs, attrs: { axis } }) => {
    const list = listOf(inputs)
    return backend.run('Pack', list, { N: list.length, T: { dtype: list[0]!.dtype }, axis })
  },
  Unpack: (backend, { inputs: { value }, attrs: { axis } }) => {
    const num = value.shape[util.parseAxisParam(axis, value.shape)[0]!]
    return backend.runMany('Unpack', [value], { num, axis }, num)
  },
  SplitV: (backend, { inputs: { x }, attrs: { numOrSizeSplits, axis } }) => {
    const [along] = util.parseAxisParam(axis, x.shape)
    const sizes: number[] =
      typeof numOrSizeSplits === 'number'
        ? Array(numOrSizeSplits).fill(x.shape[along!] / numOrSizeSplits)
        : numOrSizeSplits
    const inputs = [x, backend.ints(sizes), backend.ints(along!)]
    return backend.runMany('SplitV', inputs, { num_split: sizes.length }, sizes.length)
  },

  Fill: (backend, { attrs: { shape, value, dtype } }) =>
    fill(backend, shape, value, dtype ?? util.inferDtype(value)),
  ZerosLike: (backend, { inputs: { x } }) => backend.runAlike('ZerosLike', [x]),
  OnesLike: (backend, { inputs: { x } }) => backend.runAlike('OnesLike', [x]),
  Range: (backend, { attrs: { start, stop, step, dtype } }) => {
    const count = Math.max(0, Math.ceil((stop - start) / step))
    const values = Array.from({ length: count }, (_, i) => start + i * step)
    return written(backend, (dtype === 'int32' ? Int32Array : Float32Array).from(values), dtype)
  },
  LinSpace: (backend, { attrs: { start, stop, num } }) =>
    backend.run('LinSpace', [backend.float(start), backend.float(stop), backend.ints(num)]),
  OneHot: (
    backend,
    { inputs: { indices }, attrs: { depth, onValue, offValue, dtype = 'float32' } },
  ) =>
    meanwhile(backend, (keep) => {
      const whole =
        indices.dtype === 'int32'
          ? indices
          : keep(backend.run('Cast', [indices], { DstT: { dtype: 'int32' } }))
      const [on, off] = [onValue, offValue].map((value) => keep(fill(backend, [], value, dtype)))
      return backend.run('OneHot', [whole, backend.ints(depth), on!, off!], { axis: -1 })
    }),

  SpaceToBatchND: (backend, { inputs: { x }, attrs: { blockShape, paddings } }) =>
    meanwhile(backend, (keep) =>
      backend.run('SpaceToBatchND', [
        x,
        backend.ints(blockShape),
        keep(pairs(backend, paddings.flat())),
      ]),
    ),
  BatchToSpaceND: (backend, { inputs: { x }, attrs: { blockShape, crops } }) =>
    meanwhile(backend, (keep) =>
      backend.run('BatchToSpaceND', [
        x,
        backend.ints(blockShape),
        keep(pairs(backend, crops.flat())),
      ]),
    ),
  DepthToSpace: (backend, { inputs: { x }, attrs: { blockSize, dataFormat } }) =>
    backend.run('DepthToSpace', [x], { block_size: blockSize, data_format: dataFormat }),
  Diag: (backend, { inputs: { x } }) => backend.run('Diag', [x]),
}

function written(
  backend: NativeBackend,
  values: Float32Array | Int32Array | Uint8Array,
  dtype: DataType,
): TensorInfo {
  return { dataId: backend.write(values, [values.length], dtype), shape: [values.length], dtype }
}
