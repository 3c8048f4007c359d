import {
  GroupedConv2D,
  type GroupedConv2DAttrs,
  GroupedConv2DBackpropFilter,
  GroupedConv2DBackpropInput,
} from '@kshot/core/backend'
import type { backend_util, TensorInfo } from '@tensorflow/tfjs-core'
import type { Attrs } from '../attributes'
import type { NativeBackend } from '../native-backend'
import { backpropFilterByPatches, backpropInputByPatches, conv2dByPatches } from './by-patches'
import { attrsOf, convolutions, geometry } from './conv'
import type { Kernel, Kernels } from './kernel'

type Info = backend_util.Conv2DInfo

/** A product of matrices for all groups, or the operation once for each group on its part of the memory. */
export const grouped: Kernels = {
  [GroupedConv2D]: (backend, { inputs: { x, filter }, attrs }) => {
    const info = geometry(x.shape.slice(1), filter.shape.slice(1), attrs)
    if (isSmall(info)) return conv2dByPatches(backend, x, filter, info)
    return each(backend, 'Conv2D', [x, filter], info)
  },
  [GroupedConv2DBackpropInput]: (backend, { inputs: { dy, filter }, attrs }) => {
    const { inputShape }: GroupedConv2DAttrs = attrs
    const info = geometry(inputShape!, filter.shape.slice(1), attrs)
    if (isSmall(info)) return backpropInputByPatches(backend, dy, filter, info)
    return each(backend, 'Conv2DBackpropInput', [backend.ints(inputShape!), filter, dy], info)
  },
  [GroupedConv2DBackpropFilter]: (backend, { inputs: { x, dy }, attrs }) => {
    const { filterShape }: GroupedConv2DAttrs = attrs
    const info = geometry(x.shape.slice(1), filterShape!, attrs)
    if (isSmall(info)) return backpropFilterByPatches(backend, x, dy, info)
    return each(backend, 'Conv2DBackpropFilter', [x, backend.ints(filterShape!), dy], info)
  },
}

/** Convolutions of images that lie in memory under whatever shape: one group. */
export const direct: Kernels = {
  Conv2D: alone('Conv2D', GroupedConv2D),
  Conv2DBackpropInput: alone('Conv2DBackpropInput', GroupedConv2DBackpropInput),
  Conv2DBackpropFilter: alone('Conv2DBackpropFilter', GroupedConv2DBackpropFilter),
}

function alone(name: string, groupedName: string): Kernel {
  return (backend, { inputs, attrs }) => {
    if (attrs.dataFormat === 'NCHW') return convolutions[name]!(backend, { inputs, attrs })
    const one = Object.entries(inputs as { [name: string]: TensorInfo }).map(([key, x]) => [
      key,
      { ...x, shape: [1, ...x.shape] },
    ])
    const call = { inputs: Object.fromEntries(one), attrs }
    const y = grouped[groupedName]!(backend, call) as TensorInfo
    return { ...y, shape: y.shape.slice(1) }
  }
}

/** Below so many products of numbers a group, windows as rows are faster than any operation on images. */
const FEW_FOR_PATCHES = 1.2e7

function isSmall(info: Info): boolean {
  const dense = info.dilationHeight === 1 && info.dilationWidth === 1
  return dense && productsOf(info) < FEW_FOR_PATCHES
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
  const narrow = operation === 'Conv2DBackpropInput' && info.inChannels < 8
  if (productsOf(info) < FEW_PRODUCTS || narrow) return [operation, attrsOf(info)]
  const attrs = { ...attrsOf(info), T: { dtype: 'float32' }, _kernel: 'MklNameChangeOp' } as const
  return [`_MklNative${operation}`, attrs]
}

const FEW_PRODUCTS = 3e7

function productsOf({ batchSize, outHeight, outWidth, outChannels, filterShape }: Info): number {
  const [height, width, channels] = filterShape
  return batchSize * outHeight * outWidth * outChannels * channels * height * width
}
