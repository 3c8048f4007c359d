// What a head does with a draw, through the API that apps use.
import { createClassifier, customEncoder, tree } from '@kshot/core'
import * as tf from '@tensorflow/tfjs-core'
import { areaUnderCurve } from './statistics.mjs'

/**
 * Of one draw: the share of right labels, how sure each was, what was turned away. `head` is the options of a
 * classifier beside its encoder.
 */
export async function asked(draw, head, extra = []) {
  const dimensions = draw.support[0][1].length
  const encoder = customEncoder({ name: 'rows', dimensions, encode: (rows) => rows })
  const classifier = await createClassifier({ encoder, ...head })
  for (const [label, rows] of byLabel(draw.support)) await classifier.addExamples(label, rows)
  const began = performance.now()
  const told = await classifier.predictMany([
    ...draw.query.map(([, row]) => row),
    ...draw.strangers,
    ...extra,
  ])
  const ms = performance.now() - began
  classifier.dispose()
  const known = told.slice(0, draw.query.length)
  const likeliest = known.map(({ ranking: [{ label, confidence }] }, i) => {
    return { confidence, right: label === draw.query[i][0], kept: known[i].label !== null }
  })
  const others = told.slice(known.length)
  return {
    ms,
    likeliest,
    accuracy: share(likeliest, ({ right }) => right),
    kept: share(likeliest, ({ kept }) => kept),
    rightAndKept: share(likeliest, ({ right, kept }) => right && kept),
    turnedAway: share(others.slice(0, draw.strangers.length), ({ label }) => label === null),
    extraTurnedAway: others.slice(draw.strangers.length).map(({ label }) => label === null),
  }
}

/** How well the best score of a head tells questions from strangers: the area under the ROC curve. */
export async function area(draw, head) {
  const classes = [...byLabel(draw.support).values()].map((rows) =>
    rows.map((values, id) => ({ id, values })),
  )
  const shape = [draw.support[0][1].length]
  const fitted = head.fit({ shape, classes })
  const best = async (rows) => {
    const x = tensor(rows)
    const scores = head.score(fitted, x)
    const values = await scores.array()
    scores.dispose()
    x.dispose()
    return values.map((row) => Math.max(...row))
  }
  const inside = await best(draw.query.map(([, row]) => row))
  const outside = await best(draw.strangers)
  tree.dispose(fitted)
  return areaUnderCurve(inside, outside)
}

function byLabel(support) {
  const lists = new Map()
  for (const [label, row] of support) lists.set(label, [...(lists.get(label) ?? []), row])
  return lists
}

function tensor(rows) {
  const d = rows[0].length
  const values = new Float32Array(rows.length * d)
  for (const [i, row] of rows.entries()) values.set(row, i * d)
  return tf.tensor2d(values, [rows.length, d])
}

function share(values, holds) {
  return values.length === 0 ? Number.NaN : values.filter(holds).length / values.length
}
