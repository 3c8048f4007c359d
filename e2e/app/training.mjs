// What training computes on our kernels: a gradient of a few-shot net, and a second derivative.
import { conv4, grad, hvp, rng, softmaxCrossEntropy, tree, useBackend } from '@kshot/core'
import * as tf from '@tensorflow/tfjs'

export async function training(backend) {
  const { kernels } = await useBackend(backend)
  const net = conv4({ filters: 32, blocks: 3 })
  const { params, state } = net.init(rng(1), [28, 28, 1])
  const random = rng(2)
  const pixels = Float32Array.from({ length: 10 * 784 }, () => random.uniform())
  const x = tf.tensor4d(pixels, [10, 28, 28, 1])
  const labels = tf.tensor1d([0, 1, 2, 3, 4, 0, 1, 2, 3, 4], 'int32')
  const loss = (params) =>
    softmaxCrossEntropy(net.apply({ params, state }, x, { norm: 'batch' }).y, labels)
  const numbers = (params) => tree.leaves(params).flatMap((t) => [...t.dataSync()].slice(0, 200))
  const slope = grad(loss)(params)
  return { kernels, slope: numbers(slope), curved: numbers(hvp(loss, params, slope)) }
}
