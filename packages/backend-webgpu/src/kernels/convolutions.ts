import {
  GroupedConv2D,
  GroupedConv2DBackpropFilter,
  GroupedConv2DBackpropInput,
} from '@kshot/core/backend'
import { type TensorInfo, util } from '@tensorflow/tfjs-core'
import { forward, infoOf, toFilter, toInput } from './convolution'
import type { Call, Kernel, Kernels } from './kernel'

/** Convolutions with filters of each group's own, and both derivatives: one call for all tasks of vmap. */
const grouped: Kernels = {
  [GroupedConv2D]: ({ inputs: { x, filter }, attrs, backend }) =>
    forward(backend, x, filter, infoOf(attrs, x.shape.slice(1), filter.shape.slice(1))),
  [GroupedConv2DBackpropInput]: ({ inputs: { dy, filter }, attrs, backend }) =>
    toInput(backend, dy, filter, infoOf(attrs, attrs.inputShape, filter.shape.slice(1))),
  [GroupedConv2DBackpropFilter]: ({ inputs: { x, dy }, attrs, backend }) =>
    toFilter(backend, x, dy, infoOf(attrs, x.shape.slice(1), attrs.filterShape)),
}

/**
 * Convolutions as they are defined, instead of a product of matrices with a tile in memory that threads share;
 * where `all` is not set, only those of so few numbers each that a tile would be mostly empty.
 */
export function convolutions(all: boolean): Kernels {
  return {
    ...grouped,
    Conv2D: (call, stock) => {
      const { x, filter } = call.inputs as { x: TensorInfo; filter: TensorInfo }
      if (sizeOf(x) === 0) return ofNothing(call)
      const few = sizeOf({ shape: filter.shape.slice(0, 3) }) <= FEW
      if (!isPlain(call, x) || !(all || few)) return stock(call)
      const info = infoOf(call.attrs, x.shape, filter.shape)
      return one(forward(call.backend, group(x), group(filter), info))
    },

    Conv2DBackpropInput: (call, stock) => {
      const { dy, filter } = call.inputs as { dy: TensorInfo; filter: TensorInfo }
      if (!isPlain(call, dy) || !(all || isDilated(call))) return stock(call)
      const info = infoOf(call.attrs, call.attrs.inputShape, filter.shape)
      return one(toInput(call.backend, group(dy), group(filter), info))
    },

    // TensorFlow.js' own goes through all examples once for each number of the filter: little to do in parallel
    Conv2DBackpropFilter: (call, stock) => {
      const { x, dy } = call.inputs as { x: TensorInfo; dy: TensorInfo }
      if (!isPlain(call, x)) return stock(call)
      const info = infoOf(call.attrs, x.shape, call.attrs.filterShape)
      return one(toFilter(call.backend, group(x), group(dy), info))
    },
  } satisfies { readonly [name: string]: Kernel }
}

/** A tile of TensorFlow.js' has 32 numbers of each sum. */
const FEW = 32

const sizeOf = ({ shape }: Pick<TensorInfo, 'shape'>) => util.sizeFromShape(shape)
const group = (x: TensorInfo): TensorInfo => ({ ...x, shape: [1, ...x.shape] })
const one = (y: TensorInfo): TensorInfo => ({ ...y, shape: y.shape.slice(1) })

const isPlain = ({ attrs }: Call, x: TensorInfo) =>
  x.dtype === 'float32' && attrs.dataFormat !== 'NCHW' && sizeOf(x) > 0

const isDilated = ({ attrs: { dilations = 1 } }: Call) => [dilations].flat().some((d) => d !== 1)

/** Of no images: a GPU cannot bind memory of no bytes. */
function ofNothing({ inputs: { x, filter }, attrs, backend }: Call): TensorInfo {
  const { outShape } = infoOf(attrs, x.shape, filter.shape)
  return backend.makeTensorInfo(outShape, x.dtype, new Float32Array(0))
}
