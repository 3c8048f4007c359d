// @tensorflow-models/knn-classifier on the same embeddings: accuracy, milliseconds a prediction, bytes kept.
import { createClassifier, customEncoder } from '@kshot/core'
import { pairedDifference, tInterval } from '@kshot/results'
import * as tf from '@tensorflow/tfjs-core'
import { create } from '@tensorflow-models/knn-classifier'
import { intentDraws } from './draws.mjs'
import { intentsBy } from './embeddings.mjs'
import { round } from './summary.mjs'

const COUNT = 20

export async function besideKnn() {
  const { test, outside } = await intentsBy('textEncoder')
  const lines = []
  for (const shots of [1, 2, 5, 10]) {
    const draw = intentDraws({
      data: test,
      outside: outside.test,
      ways: 10,
      shots,
      queries: 5,
      strangers: 0,
    })
    const rows = []
    for (let i = 0; i < COUNT; i++) {
      rows.push({
        ours: await ours(draw(i)),
        theirs: await theirs(draw(i)),
        theirNearest: await theirs(draw(i), 1),
      })
    }
    const of = (who, what) => rows.map((row) => row[who][what])
    const text = ({ mean, halfWidth }) => ({
      mean: round(100 * mean, 1),
      halfWidth: round(100 * halfWidth, 1),
    })
    lines.push({
      ways: 10,
      shots,
      draws: COUNT,
      ...Object.fromEntries(
        ['ours', 'theirs', 'theirNearest'].map((who) => [
          who,
          {
            accuracy: text(tInterval(of(who, 'accuracy'))),
            ms: round(median(of(who, 'ms')), 2),
            bytes: of(who, 'bytes')[0],
          },
        ]),
      ),
      difference: text(pairedDifference(of('ours', 'accuracy'), of('theirs', 'accuracy'))),
      beyondNearest: text(pairedDifference(of('ours', 'accuracy'), of('theirNearest', 'accuracy'))),
    })
    console.error('beside knn', JSON.stringify(lines.at(-1)))
  }
  return lines
}

async function ours({ support, query }) {
  const dimensions = support[0][1].length
  const encoder = customEncoder({ name: 'rows', dimensions, encode: (rows) => rows })
  const classifier = await createClassifier({ encoder, unknown: false })
  for (const [label, row] of support) await classifier.addExample(label, row)
  const found = await timed(query, async (row) => (await classifier.predict(row)).label)
  const bytes = (await classifier.save()).length
  classifier.dispose()
  return { ...found, bytes }
}

/** `k` neighbours vote; without it their default, 3. */
async function theirs({ support, query }, k) {
  const knn = create()
  for (const [label, row] of support) tf.tidy(() => knn.addExample(tf.tensor1d(row), label))
  const found = await timed(query, async (row) => {
    const x = tf.tensor1d(row)
    const { label } = await knn.predictClass(x, k)
    x.dispose()
    return Number(label)
  })
  // What their README saves: the data set as JSON.
  const data = Object.entries(knn.getClassifierDataset())
  const bytes = JSON.stringify(
    data.map(([label, rows]) => [label, [...rows.dataSync()], rows.shape]),
  ).length
  knn.dispose()
  return { ...found, bytes }
}

async function timed(query, predict) {
  await predict(query[0][1])
  let right = 0
  const times = []
  for (const [label, row] of query) {
    const began = performance.now()
    if ((await predict(row)) === label) right++
    times.push(performance.now() - began)
  }
  return { accuracy: right / query.length, ms: median(times) }
}

export function median(values) {
  return [...values].sort((a, b) => a - b)[values.length >> 1]
}
