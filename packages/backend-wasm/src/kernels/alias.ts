import { type TensorInfo, util } from '@tensorflow/tfjs-core'
import type { Kernels } from './kernel'
import type { Native } from './native'

/** What changes no number shares memory: TensorFlow.js counts the references. */
export const aliases: Kernels = {
  Identity: (native) => (call) => alias(native, call.inputs.x),
  Cast: (native, stock) => (call) => {
    const { x } = call.inputs as { x: TensorInfo }
    return x.dtype === call.attrs.dtype ? alias(native, x) : stock(call)
  },
  Reshape: (native) => (call) => {
    const { x } = call.inputs as { x: TensorInfo }
    const size = util.sizeFromShape(x.shape)
    const shape = util.inferFromImplicitShape(call.attrs.shape, size)
    util.assert(
      size === util.sizeFromShape(shape),
      () =>
        `new shape: ${shape}, old shape: ${x.shape}. They must have the same number of elements`,
    )
    return alias(native, x, shape)
  },
}

function alias({ backend }: Native, x: TensorInfo, shape = x.shape): TensorInfo {
  backend.incRef(x.dataId)
  return { dataId: x.dataId, shape, dtype: x.dtype }
}
