// The app: its own TensorFlow.js work, then kshot, then its own work once more.
import { grad } from '@kshot/core'
import { glyphs } from '@kshot/glyphs'
import * as tf from '@tensorflow/tfjs'
import { fewShot } from './kshot.mjs'
import { ownResults, startOwn } from './own.mjs'
import { training } from './training.mjs'

export async function run(checkpoint, backend, glyphsSource) {
  await startOwn()
  const before = ownResults()
  const { test } = await glyphs(glyphsSource ? { source: glyphsSource } : {})
  const image = (classIndex, example) => {
    const pixels = new Float32Array(784)
    test.read(classIndex, example, pixels, 0)
    return tf.tensor3d(pixels, [28, 28, 1])
  }
  // five characters, three typefaces to learn from, three others to judge
  const characters = [0, 17, 40, 62, 90]
  const drawn = (from) =>
    characters.flatMap((c) => [0, 1, 2].map((i) => [test.classes[c].id, image(c, from + i)]))
  const result = await fewShot(checkpoint, backend, drawn(0), drawn(8))
  // kshot has gradients of its own; the app's must be what they were
  grad((x) => tf.sum(tf.exp(x)))(tf.tensor1d([1, 2]))
  const own = [before, ownResults()]
  return { ...result, own, training: await training(backend) }
}
