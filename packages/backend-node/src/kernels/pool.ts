import { MaxPoolGradGrad } from '@kshot/core/backend'
import { backend_util, type TensorInfo } from '@tensorflow/tfjs-core'
import type { Attrs } from '../attributes'
import type { NativeBackend } from '../native-backend'
import { padding } from './conv'
import { type Call, type Kernels, meanwhile } from './kernel'

export const pools: Kernels = {
  MaxPool: (backend, { inputs: { x }, attrs }) => maxPool(backend, x, attrs),
  /** `output` is not read but for its shape: TensorFlow's CPU finds the maxima again, of equals the first. */
  MaxPoolGrad: (backend, { inputs: { dy, input, output }, attrs }) =>
    backend.run('MaxPoolGrad', [input, output, dy], attrsOf(geometry(input, attrs))),
  [MaxPoolGradGrad]: (backend, { inputs: { ddx, input }, attrs }) =>
    meanwhile(backend, (keep) => {
      // that of the call may be no maximum, see MaxPoolGrad; here it is read
      const output = keep(maxPool(backend, input, attrs))
      const info = geometry(input, attrs)
      return backend.run('MaxPoolGradGrad', [input, output, ddx], attrsOf(info))
    }),
  AvgPool: (backend, { inputs: { x }, attrs }) =>
    backend.run('AvgPool', [x], attrsOf(geometry(x, attrs))),
  AvgPoolGrad: (backend, { inputs: { dy, input }, attrs }) =>
    backend.run('AvgPoolGrad', [backend.ints(input.shape), dy], attrsOf(geometry(input, attrs))),
}

export function maxPool(backend: NativeBackend, x: TensorInfo, attrs: Call['attrs']): TensorInfo {
  return backend.run('MaxPool', [x], attrsOf(geometry(x, attrs)))
}

export function geometry(
  x: TensorInfo,
  { filterSize, strides, pad, dimRoundingMode }: Call['attrs'],
) {
  const shape = x.shape as [number, number, number, number]
  return backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode)
}

function attrsOf(info: backend_util.Conv2DInfo): Attrs {
  return {
    ksize: [1, info.filterHeight, info.filterWidth, 1],
    strides: [1, info.strideHeight, info.strideWidth, 1],
    data_format: 'NHWC',
    ...padding(info),
  }
}
