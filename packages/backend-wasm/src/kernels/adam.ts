import { ScaleByAdam, type ScaleByAdamAttrs } from '@kshot/core/backend'
import { type TensorInfo, util } from '@tensorflow/tfjs-core'
import type { Kernels } from './kernel'

/** Adam in one pass over each parameter. */
export const optimizers: Kernels = {
  [ScaleByAdam]: (native) => (call) => {
    const { gradient, m, v } = call.inputs as { [name: string]: TensorInfo }
    const { b1, b2, eps, unbiasM, unbiasV } = call.attrs as ScaleByAdamAttrs
    const outputs = [0, 1, 2].map(() => native.output(gradient!.shape))
    native.call.scaleByAdam(
      util.sizeFromShape(gradient!.shape),
      ...[gradient!, m!, v!, ...outputs].map(native.address),
      b1,
      1 - b1,
      b2,
      1 - b2,
      eps,
      unbiasM,
      unbiasV,
    )
    return outputs
  },
}
