import { conv4, grad, rng, softmaxCrossEntropy, type tree } from '@kshot/core'
import { tensor, tensor1d } from '@tensorflow/tfjs-core'

/** A few-shot net, small enough for any backend. */
const net = conv4({ filters: 4, blocks: 2 })
export const drawNet = () => net.init(rng(1), [8, 8, 1])

/** The gradient of its loss. */
export function slopeOf({ params, state }: ReturnType<typeof drawNet>): tree.Params {
  const random = rng(3)
  const pixels = Array.from({ length: 6 * 64 }, () => random.normal())
  const x = tensor(pixels, [6, 8, 8, 1])
  const labels = tensor1d([0, 1, 2, 3, 0, 1], 'int32')
  return grad((params: tree.Params) =>
    softmaxCrossEntropy(net.apply({ params, state }, x, { norm: 'batch' }).y, labels),
  )(params)
}
