import { ScaleByAdam, type ScaleByAdamAttrs } from '@kshot/core/backend'
import { type TensorInfo, util } from '@tensorflow/tfjs-core'
import type { Kernels } from './kernel'

/** Adam in one pass over each parameter. */
export const optimizers: Kernels = {
  [ScaleByAdam]: (backend, { inputs, attrs }) => {
    const { gradient, m, v } = inputs as { gradient: TensorInfo; m: TensorInfo; v: TensorInfo }
    const { b1, b2, eps, unbiasM, unbiasV }: ScaleByAdamAttrs = attrs
    const count = util.sizeFromShape(gradient.shape)
    const numbers = [count, b1, 1 - b1, b2, 1 - b2, eps, unbiasM, unbiasV, 0]
    const { shape } = gradient
    return backend.runOwn('scaleByAdam', numbers, [gradient, m, v], [shape, shape, shape])
  },
}
