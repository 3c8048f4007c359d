import {
  GroupedConv2D,
  type GroupedConv2DAttrs,
  GroupedConv2DBackpropFilter,
  GroupedConv2DBackpropInput,
} from '@kshot/core'
import type { backend_util, TensorInfo } from '@tensorflow/tfjs-core'
import type { Attrs, NativeBackend } from '../native-backend'
import { attrsOf, convolutions, geometry } from './conv'
import type { Kernels } from './kernel'

type Info = backend_util.Conv2DInfo

/** Convolutions of images that lie in memory under whatever shape. */
export const direct: Kernels = {
  Conv2D: (backend, call) => {
    const { x, filter } = call.inputs as { x: TensorInfo; filter: TensorInfo }
    if (call.attrs.dataFormat === 'NCHW') return convolutions.Conv2D!(backend, call)
    return one(backend, 'Conv2D', [x, filter], geometry(x.shape, filter.shape, call.attrs))
  },
  Conv2DBackpropInput: (backend, call) => {
    const { dy, filter } = call.inputs as { dy: TensorInfo; filter: TensorInfo }
    const { inputShape, dataFormat } = call.attrs
    if (dataFormat === 'NCHW') return convolutions.Conv2DBackpropInput!(backend, call)
    const info = geometry(inputShape, filter.shape, call.attrs)
    return one(backend, 'Conv2DBackpropInput', [backend.ints(inputShape), filter, dy], info)
  },
  Conv2DBackpropFilter: (backend, call) => {
    const { x, dy } = call.inputs as { x: TensorInfo; dy: TensorInfo }
    const { filterShape, dataFormat } = call.attrs
    if (dataFormat === 'NCHW') return convolutions.Conv2DBackpropFilter!(backend, call)
    const info = geometry(x.shape, filterShape, call.attrs)
    return one(backend, 'Conv2DBackpropFilter', [x, backend.ints(filterShape), dy], info)
  },
}

/** The operation once for each group, on its part of the memory. */
export const grouped: Kernels = {
  [GroupedConv2D]: (backend, { inputs: { x, filter }, attrs }) =>
    each(backend, 'Conv2D', [x, filter], geometry(x.shape.slice(1), filter.shape.slice(1), attrs)),
  [GroupedConv2DBackpropInput]: (backend, { inputs: { dy, filter }, attrs }) => {
    const { inputShape }: GroupedConv2DAttrs = attrs
    const info = geometry(inputShape!, filter.shape.slice(1), attrs)
    return each(backend, 'Conv2DBackpropInput', [backend.ints(inputShape!), filter, dy], info)
  },
  [GroupedConv2DBackpropFilter]: (backend, { inputs: { x, dy }, attrs }) => {
    const { filterShape }: GroupedConv2DAttrs = attrs
    const info = geometry(x.shape.slice(1), filterShape!, attrs)
    return each(backend, 'Conv2DBackpropFilter', [x, backend.ints(filterShape!), dy], info)
  },
}

function one(
  backend: NativeBackend,
  operation: string,
  inputs: readonly (TensorInfo | number)[],
  info: Info,
): TensorInfo {
  const [name, attrs] = fastest(operation, info)
  return backend.runEach(name, inputs, attrs, 1, [false, false, false])
}

function each(
  backend: NativeBackend,
  operation: string,
  inputs: readonly (TensorInfo | number)[],
  info: Info,
): TensorInfo {
  const groups = Math.max(...inputs.map((x) => (typeof x === 'number' ? 1 : x.shape[0]!)))
  const split = inputs.map((x) => typeof x !== 'number' && x.shape[0]! > 1)
  const operands = inputs.map((x, i) => {
    if (typeof x === 'number' || split[i]) return x
    return { ...x, shape: x.shape.slice(1) }
  })
  const [name, attrs] = fastest(operation, info)
  const y = backend.runEach(name, operands, attrs, groups, split)
  return groups > 1 ? y : { ...y, shape: [1, ...y.shape] }
}

// oneDNN is faster from some size on, TensorFlow's own kernels are below it; which runs depends on nothing else
function fastest(operation: string, info: Info): [operation: string, attrs: Attrs] {
  const { batchSize, outHeight, outWidth, outChannels, inChannels } = info
  const places = batchSize * outHeight * outWidth
  const products = places * outChannels * inChannels * info.filterHeight * info.filterWidth
  const narrow = operation === 'Conv2DBackpropInput' && inChannels < 8
  if (products < FEW_PRODUCTS || narrow) return [operation, attrsOf(info)]
  const attrs = { ...attrsOf(info), T: { dtype: 'float32' }, _kernel: 'MklNameChangeOp' } as const
  return [`_MklNative${operation}`, attrs]
}

const FEW_PRODUCTS = 3e7
