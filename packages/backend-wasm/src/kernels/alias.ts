import { getKernel, type TensorInfo, util } from '@tensorflow/tfjs-core'
import type { Kernels } from './kernel'
import type { Native } from './native'

/** What changes no number shares memory: TensorFlow.js counts the references. */
export const aliases: Kernels = {
  Identity: (native) => (call) => alias(native, call.inputs.x),
  Cast: (native, stock) => (call) => {
    const { x } = call.inputs as { x: TensorInfo }
    if (x.dtype === call.attrs.dtype) return alias(native, x)
    return call.attrs.dtype === 'bool' ? notZero(native, x) : stock(call)
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

// TensorFlow.js' own keeps the last byte: 2 is not the same truth as 1, and 256 is none
function notZero({ backend }: Native, a: TensorInfo): TensorInfo {
  const zero = a.dtype === 'int32' ? new Int32Array(1) : new Float32Array(1)
  const b: TensorInfo = { dataId: backend.write(zero, [], a.dtype), shape: [], dtype: a.dtype }
  const { kernelFunc } = getKernel('NotEqual', 'wasm')!
  const result = kernelFunc({ inputs: { a, b }, attrs: {}, backend }) as TensorInfo
  backend.disposeData(b.dataId)
  return result
}
