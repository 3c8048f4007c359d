// What a classifier costs: a prediction with 1,000 classes, memory over many rounds, bytes.
import { createClassifier, customEncoder, rng } from '@kshot/core'
import * as tf from '@tensorflow/tfjs-core'
import { median } from './beside-knn.mjs'
import { round } from './summary.mjs'

const ROUNDS = 10_000

export async function predictions() {
  const lines = []
  for (const d of [512, 1280]) lines.push(await aThousandClasses(d))
  return lines
}

async function aThousandClasses(d) {
  const { classifier, row } = await filled(d, 1000)
  await classifier.predict(row())
  const asked = Array.from({ length: 200 }, row)
  const times = []
  const used = process.cpuUsage()
  for (const x of asked) {
    const began = performance.now()
    await classifier.predict(x)
    times.push(performance.now() - began)
  }
  const { user, system } = process.cpuUsage(used)
  classifier.dispose()
  return {
    d,
    classes: 1000,
    ms: round(median(times), 2),
    processor: round((user + system) / 1000 / times.length, 2),
  }
}

/** Adds, asks and removes; tensors and memory at the beginning, in the middle and at the end. */
export async function manyRounds() {
  const { classifier, row } = await filled(512, 10)
  const seen = []
  for (let i = 0; i <= ROUNDS; i++) {
    const id = await classifier.addExample(i % 10, row())
    await classifier.predict(row())
    classifier.removeExample(id)
    if (i % (ROUNDS / 5) === 0) {
      globalThis.gc?.()
      const { numTensors, numBytes } = tf.memory()
      seen.push({
        round: i,
        numTensors,
        numBytes,
        rssMB: Math.round(process.memoryUsage().rss / 1e6),
      })
    }
  }
  classifier.dispose()
  return seen
}

async function filled(d, classes) {
  const random = rng('cost')
  const row = () => Float32Array.from({ length: d }, () => random.uniform() - 0.5)
  const encoder = customEncoder({ name: 'rows', dimensions: d, encode: (rows) => rows })
  const classifier = await createClassifier({ encoder })
  for (let k = 0; k < classes; k++) await classifier.addExample(k, row())
  return { classifier, row }
}
