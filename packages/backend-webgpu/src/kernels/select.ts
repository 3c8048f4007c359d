import { type TensorInfo, util } from '@tensorflow/tfjs-core'
import type { Kernels } from './kernel'

/** Of tensors with more than four axes, which are to TensorFlow.js' own as if they had one, or two. */
export const selections: Kernels = {
  Select: ({ inputs, attrs }, stock) => {
    const { condition, t, e } = inputs as { [name: string]: TensorInfo }
    if (t!.shape.length <= 4) return stock({ inputs, attrs })
    const rows = t!.shape[0]!
    const each = condition!.shape.length === t!.shape.length
    const all = util.sizeFromShape(t!.shape)
    const flat = each ? [all] : [rows, all / rows]
    const chosen = {
      condition: { ...condition!, shape: [flat[0]!] },
      t: { ...t!, shape: flat },
      e: { ...e!, shape: flat },
    }
    return { ...stock({ inputs: chosen, attrs }), shape: t!.shape }
  },
}
