// What the app had before kshot came: a backend of its own, and a gradient of its own.
import * as tf from '@tensorflow/tfjs'

export async function startOwn() {
  await tf.setBackend('cpu')
  await tf.ready()
}

/** Values and first-order gradients over many kernels, as the app computes them. */
export function ownResults() {
  return tf.tidy(() => {
    const x = tf.tensor4d(
      [...Array(32).keys()].map((i) => Math.sin(i)),
      [1, 4, 4, 2],
    )
    const filter = tf.tensor4d(
      [...Array(36).keys()].map((i) => Math.cos(i)),
      [3, 3, 2, 2],
    )
    const f = (input, weight) => {
      const convolved = tf.conv2d(input, weight, 1, 'same')
      const pooled = tf.maxPool(tf.elu(convolved), 2, 2, 'valid')
      const flat = tf.reshape(pooled, [2, 4])
      const logits = tf.add(tf.softplus(flat), tf.mul(tf.sigmoid(flat), tf.tanh(flat)))
      const labels = tf.oneHot(tf.tensor1d([1, 3], 'int32'), 4)
      return tf.add(tf.losses.softmaxCrossEntropy(labels, logits), tf.mean(tf.exp(tf.max(flat, 1))))
    }
    const [dx, dw] = tf.grads(f)([x, filter])
    const values = [f(x, filter), dx, dw].flatMap((t) => [...t.dataSync()])
    return { backend: tf.getBackend(), values, tensors: tf.memory().numTensors }
  })
}
