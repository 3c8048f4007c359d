// How far raw pixels and embeddings come across artists on all names that three sets share, before near-copies
// and look-alikes are left out: 1-shot accuracy by cosine, centred by the mean of the support; examples by one
// artist, questions by another. Run `turbo build` first.
import { createRequire } from 'node:module'
import sharp from 'sharp'
import { wasm } from '../../backend-wasm/dist/index.js'
import { useBackend } from '../../core/dist/index.js'
import { imageEncoder } from '../../image-encoder/dist/node.js'

const require = createRequire(import.meta.url)
const SIDE = 64
const EPISODES = 600
const sets = ['twemoji', 'noto', 'fluent-emoji-flat'].map((name) =>
  require(`@iconify-json/${name}/icons.json`),
)
const names = Object.keys(sets[0].icons).filter((name) => sets.every(({ icons }) => icons[name]))
console.log(`${names.length} names in common`)

const pictures = []
for (const set of sets) {
  pictures.push(await Promise.all(names.map((name) => drawn(set, set.icons[name]))))
}
report('raw pixels', pictures)
await useBackend(wasm())
const encoder = imageEncoder()
const embedded = []
for (const drawings of pictures) embedded.push(await encoded(drawings))
report('embeddings', embedded)

/** An icon on white, [side * side * 3] bytes. */
async function drawn(set, { body, left = 0, top = 0, width, height }) {
  const box = [left, top, width ?? set.width ?? 16, height ?? set.height ?? 16]
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="${SIDE}" height="${SIDE}" viewBox="${box.join(' ')}">${body}</svg>`
  const bytes = await sharp(Buffer.from(svg))
    .resize(SIDE, SIDE, { fit: 'contain', background: '#fff' })
    .flatten({ background: '#fff' })
    .raw()
    .toBuffer()
  return Float32Array.from(bytes)
}

async function encoded(drawings) {
  const raw = { width: SIDE, height: SIDE, channels: 3 }
  const rows = []
  for (let at = 0; at < drawings.length; at += 50) {
    const batch = drawings.slice(at, at + 50).map((values) => sharp(Uint8Array.from(values), { raw }))
    const tensor = await encoder.encode(batch)
    const values = await tensor.data()
    tensor.dispose()
    for (let i = 0; i < batch.length; i++) {
      rows.push(values.slice(i * encoder.dimensions, (i + 1) * encoder.dimensions))
    }
  }
  return rows
}

function report(what, bySet) {
  for (const ways of [5, 20]) console.log(`${what}, ${ways}-way 1-shot: ${accuracy(bySet, ways)}`)
}

function accuracy(bySet, ways) {
  const random = generator(1)
  const scores = Array.from({ length: EPISODES }, () => {
    const [support, queries] = shuffled(bySet, random)
    const classes = shuffled([...names.keys()], random).slice(0, ways)
    return score(
      classes.map((c) => support[c]),
      classes.map((c) => queries[c]),
    )
  })
  const mean = sum(scores) / EPISODES
  const deviation = Math.sqrt(sum(scores.map((s) => (s - mean) ** 2)) / (EPISODES - 1))
  const halfWidth = (1.96 * deviation) / Math.sqrt(EPISODES)
  return `${(100 * mean).toFixed(1)} ± ${(100 * halfWidth).toFixed(1)} %`
}

/** The share of queries whose nearest example is of their class. */
function score(support, queries) {
  const mean = support[0].map((_, j) => sum(support.map((x) => x[j])) / support.length)
  const unit = (x) => {
    const centred = x.map((value, j) => value - mean[j])
    const norm = Math.sqrt(dot(centred, centred)) || 1
    return centred.map((value) => value / norm)
  }
  const keys = support.map(unit)
  const right = queries.map(unit).filter((query, k) => {
    const cosines = keys.map((key) => dot(key, query))
    return cosines.indexOf(Math.max(...cosines)) === k
  })
  return right.length / queries.length
}

function dot(a, b) {
  let total = 0
  for (let j = 0; j < a.length; j++) total += a[j] * b[j]
  return total
}

function sum(values) {
  return values.reduce((total, value) => total + value, 0)
}

function shuffled(values, random) {
  const result = [...values]
  for (let i = result.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    ;[result[i], result[j]] = [result[j], result[i]]
  }
  return result
}

/** Mulberry32. */
function generator(seed) {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}
