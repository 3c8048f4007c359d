import { MaxPoolGradGrad } from '@kshot/core/backend'
import { backend_util, type TensorInfo } from '@tensorflow/tfjs-core'
import type { Call, Kernel, Kernels } from './kernel'
import type { Native } from './native'

/**
 * Max-pooling backwards, and again. Both find the maxima again: `output` is not read. TensorFlow.js' own
 * pooling writes outside of its tensors where nothing is left to write: pictures smaller than a window.
 */
export const pools: Kernels = {
  MaxPool: unlessEmpty,
  AvgPool: unlessEmpty,

  MaxPoolGrad: (native) => (call) => {
    const { dy, input } = call.inputs as { dy: TensorInfo; input: TensorInfo }
    const { numbers, apart } = geometry(native, input, call)
    const dx = native.output(input.shape)
    native.call.maxPoolGrad(...numbers, native.address(dy), native.address(dx), apart)
    return dx
  },

  [MaxPoolGradGrad]: (native) => (call) => {
    const { ddx, input } = call.inputs as { ddx: TensorInfo; input: TensorInfo }
    const { numbers, outShape } = geometry(native, input, call)
    const taken = native.output(outShape)
    native.call.maxPoolTake(...numbers, native.address(ddx), native.address(taken))
    return taken
  },
}

function unlessEmpty(...[native, stock]: Parameters<Kernel>): ReturnType<Kernel> {
  return (call) => {
    const { x } = call.inputs as { x: TensorInfo }
    const { outShape } = geometry(native, x, call)
    return outShape.every((n) => n > 0) ? stock(call) : native.output(outShape)
  }
}

function geometry(native: Native, x: TensorInfo, { attrs }: Call) {
  const { filterSize, strides, pad, dimRoundingMode } = attrs
  const shape = x.shape as [number, number, number, number]
  const info = backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode)
  const { top, left } = info.padInfo
  const numbers = [
    info.batchSize,
    native.address(x),
    info.inHeight,
    info.inWidth,
    info.inChannels,
    info.outHeight,
    info.outWidth,
    info.filterHeight,
    info.filterWidth,
    info.strideHeight,
    info.strideWidth,
    top,
    left,
  ]
  const outShape = info.outShape.map((n) => Math.max(n, 0))
  return { numbers, apart: coversOnce(info), outShape }
}

/** Whether each entry of the input lies in exactly one window. */
function coversOnce(info: backend_util.Conv2DInfo): boolean {
  const { outHeight, outWidth, filterHeight, filterWidth, padInfo } = info
  return (
    info.strideHeight === filterHeight &&
    info.strideWidth === filterWidth &&
    padInfo.top === 0 &&
    padInfo.left === 0 &&
    outHeight * filterHeight === info.inHeight &&
    outWidth * filterWidth === info.inWidth
  )
}
