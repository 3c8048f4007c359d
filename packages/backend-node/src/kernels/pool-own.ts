import { MaxPoolGradGrad } from '@kshot/core/backend'
import type { backend_util, TensorInfo } from '@tensorflow/tfjs-core'
import type { Kernels } from './kernel'
import { geometry, pools } from './pool'

/** Max-pooling backwards by windows of 2 × 2 next to each other, in kernels of our own; others are TensorFlow's. */
export const ownPools: Kernels = {
  MaxPoolGrad: (backend, call) => {
    const { dy, input } = call.inputs as { dy: TensorInfo; input: TensorInfo }
    const info = geometry(input, call.attrs)
    if (!isHalving(info) || input.dtype !== 'float32') return pools.MaxPoolGrad!(backend, call)
    return backend.runOwn('maxPoolGrad', numbers(info), [input, dy], [input.shape])[0]!
  },
  [MaxPoolGradGrad]: (backend, call) => {
    const { ddx, input } = call.inputs as { ddx: TensorInfo; input: TensorInfo }
    const info = geometry(input, call.attrs)
    if (!isHalving(info) || input.dtype !== 'float32') return pools[MaxPoolGradGrad]!(backend, call)
    return backend.runOwn('maxPoolTake', numbers(info), [input, ddx], [info.outShape])[0]!
  },
}

function isHalving(info: backend_util.Conv2DInfo): boolean {
  const { filterHeight, filterWidth, strideHeight, strideWidth, padInfo } = info
  const twos = [filterHeight, filterWidth, strideHeight, strideWidth].every((n) => n === 2)
  const { top, bottom, left, right } = padInfo
  return twos && top === 0 && bottom === 0 && left === 0 && right === 0
}

function numbers({ batchSize, inHeight, inWidth, inChannels }: backend_util.Conv2DInfo): number[] {
  return [batchSize, inHeight, inWidth, inChannels, 1, 1, 0, 0, 1]
}
