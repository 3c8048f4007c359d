// Emoji across artists: raw pixels beside the frozen encoder, heads on top, and what is no emoji.
import { centroidHead, neighboursHead, rng } from '@kshot/core'
import { unitRoot } from '@kshot/core/head'
import { pairedDifference, tInterval } from '@kshot/results'
import { emojiDraws } from './draws.mjs'
import { emojiEmbedded, noisePictures } from './embeddings.mjs'
import { heads, metaTrained, rooted } from './heads.mjs'
import { area, asked } from './measure.mjs'
import { round, summary } from './summary.mjs'

const SETTINGS = [
  { ways: 5, shots: 1, count: 40, strangers: 10 },
  { ways: 20, shots: 1, count: 16, strangers: 10 },
  { ways: 5, shots: 3, count: 16, strangers: 10 },
]

export async function imageFigures() {
  const data = await emojiEmbedded()
  const learned = await learnedOn(data)
  const cells = []
  const extra = Object.entries(await noisePictures(rng('noise'), 12))
  for (const setting of SETTINGS) {
    const draw = emojiDraws({ data: data.test, ...setting })
    const drawRooted = emojiDraws({ data: rooted(data.test), ...setting })
    const nothing = extra.flatMap(([, list]) => list)
    const nothingRooted = nothing.map((row) => Float32Array.from(unitRoot(row)))
    const rows = { learned: [] }
    for (const name of Object.keys(heads)) rows[name] = []
    for (let i = 0; i < setting.count; i++) {
      for (const [name, head] of Object.entries(heads)) {
        rows[name].push(await asked(draw(i), head(), nothing))
      }
      rows.learned.push(await asked(drawRooted(i), learned(), nothingRooted))
    }
    const areas = { centroid: [], neighbours: [] }
    for (let i = 0; i < setting.count; i++) {
      areas.centroid.push(await area(draw(i), centroidHead()))
      areas.neighbours.push(await area(draw(i), neighboursHead()))
    }
    const cell = {
      ways: setting.ways,
      shots: setting.shots,
      draws: setting.count,
      heads: summary(rows, areas),
      noise: Object.fromEntries(
        Object.entries(rows).map(([name, draws]) => [name, noiseTurnedAway(draws, extra)]),
      ),
    }
    console.error('emoji', JSON.stringify(cell))
    cells.push(cell)
  }
  return cells
}

function learnedOn({ train, validation }) {
  return metaTrained(
    { train: rooted(train), validation: rooted(validation) },
    { steps: 300, outputs: 512, rate: 3e-4, scale: 30 },
  )
}

function noiseTurnedAway(draws, extra) {
  let from = 0
  const kinds = extra.map(([kind, list]) => {
    const [first, end] = [from, from + list.length]
    from = end
    const away = draws.flatMap(({ extraTurnedAway }) => extraTurnedAway.slice(first, end))
    return [kind, round((100 * away.filter(Boolean).length) / away.length, 1)]
  })
  return Object.fromEntries(kinds)
}

/** One shot, of the test groups and of all emoji, which the learned head was partly trained on. */
export async function artistFigures() {
  const data = await emojiEmbedded()
  const learned = await learnedOn(data)
  const { test } = data
  const all = concatenated([data.train, data.validation, test])
  const byHead = (head) => async (draw) =>
    (await asked(draw, { ...head(), unknown: false })).accuracy
  const lines = [
    await acrossArtists('raw pixels, centred cosine', test, centredCosine, pixelsOf(test)),
    await acrossArtists('embeddings, centred cosine', test, centredCosine),
    await acrossArtists('embeddings, centroidHead()', test, byHead(heads.centroid)),
    await acrossArtists('embeddings, learned', rooted(test), byHead(learned)),
    await acrossArtists('all emoji: raw pixels, centred cosine', all, centredCosine, pixelsOf(all)),
    await acrossArtists('all emoji: embeddings, centred cosine', all, centredCosine),
    await acrossArtists('all emoji: embeddings, centroidHead()', all, byHead(heads.centroid)),
  ]
  const [untrained, trained] = [lines[2], lines[3]]
  const learnedBeyondCentroid = trained.scores.map(({ values }, i) => {
    const { mean, halfWidth, p } = pairedDifference(values, untrained.scores[i].values)
    return { mean: round(100 * mean, 1), halfWidth: round(100 * halfWidth, 1), p: round(p, 4) }
  })
  const artists = lines.map(({ name, scores }) => {
    return { name, scores: scores.map(({ values: _, ...score }) => score) }
  })
  return { artists, learnedBeyondCentroid }
}

async function acrossArtists(name, data, accuracy, of) {
  const scores = []
  for (const ways of [5, 20]) {
    const draw = emojiDraws({ data, ways, shots: 1, ...(of && { of }) })
    const values = []
    for (let i = 0; i < 300; i++) values.push(await accuracy(draw(i)))
    const { mean, halfWidth } = tInterval(values)
    scores.push({ ways, mean: round(100 * mean, 1), halfWidth: round(100 * halfWidth, 1), values })
  }
  console.error(name, JSON.stringify(scores.map(({ mean, halfWidth }) => [mean, halfWidth])))
  return { name, scores }
}

function pixelsOf(data) {
  return (c, i) => {
    const target = new Float32Array(64 * 64 * 3)
    data.pixels(c, i, target, 0)
    return target
  }
}

function concatenated(parts) {
  const from = parts.flatMap((part) => part.classes.map((_, c) => [part, c]))
  const on =
    (name) =>
    (c, ...rest) =>
      from[c][0][name](from[c][1], ...rest)
  return {
    classes: parts.flatMap(({ classes }) => classes),
    drawer: on('drawer'),
    pixels: on('pixels'),
    row: on('row'),
  }
}

function centredCosine({ support, query }) {
  const d = support[0][1].length
  const mean = new Float32Array(d)
  for (const [, x] of support) for (let j = 0; j < d; j++) mean[j] += x[j] / support.length
  const keys = support.map(([label, x]) => [label, unit(x, mean)])
  const right = query.filter(([label, x]) => {
    const z = unit(x, mean)
    const cosines = keys.map(([, key]) => dot(key, z))
    return keys[cosines.indexOf(Math.max(...cosines))][0] === label
  })
  return right.length / query.length
}

function unit(x, mean) {
  const centred = x.map((value, j) => value - mean[j])
  const norm = Math.sqrt(dot(centred, centred)) || 1
  return centred.map((value) => value / norm)
}

function dot(a, b) {
  let total = 0
  for (let j = 0; j < a.length; j++) total += a[j] * b[j]
  return total
}
