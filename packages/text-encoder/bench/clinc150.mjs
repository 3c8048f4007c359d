// Nearest class mean on CLINC150 by encoder: writes the table into ../README.md. Nothing is trained, so all 150
// intents are tested on. `node bench/clinc150.mjs`, after a build; some minutes.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { wasm } from '@kshot/backend-wasm'
import { useBackend } from '@kshot/core'
import { bagOfNgrams, episodes } from '@kshot/episodes'
import { intents } from '@kshot/intents'
import { staticTextEncoder, textEncoder } from '@kshot/text-encoder'
import * as tf from '@tensorflow/tfjs-core'
import { areaUnderCurve, meanWithInterval } from './statistics.mjs'

const QUERIES = 15
const SETTINGS = [
  { ways: 5, count: 600 },
  { ways: 10, count: 600 },
  { ways: 150, count: 20 },
]
const SHOTS = [1, 5, 10]

/** Texts to rows, a Float32Array each. */
const encoders = {
  'hashed n-grams': async (texts) => texts.map((text) => bagOfNgrams(text, 1024)),
  'staticTextEncoder()': (texts) => encoded(staticTextEncoder(), texts),
  'textEncoder()': (texts) => encoded(textEncoder(), texts),
}
const [folder] = process.argv.slice(2)

await useBackend(wasm())
const { all, outOfScope } = await intents()
const lines = []
for (const [name, encode] of Object.entries(encoders)) {
  const started = performance.now()
  const inside = all.classes.flatMap(({ size }, c) => range(size).map((i) => all.text(c, i)))
  const every = (await kept(name, () => encode([...inside, ...outOfScope.test]))).map(unit)
  const [rows, outside] = [every.slice(0, inside.length), every.slice(inside.length)]
  const scores = []
  const rejection = []
  for (const { ways, count } of SETTINGS) {
    for (const shots of SHOTS) {
      const { accuracies, areas } = await measured(rows, outside, ways, shots, count)
      scores.push(percent(accuracies))
      if (ways === 150) rejection.push(percent(areas))
    }
  }
  lines.push({ name, scores, rejection })
  const seconds = Math.round((performance.now() - started) / 1000)
  console.error(`${name}: ${scores.join(', ')}; out of scope ${rejection.join(', ')}; ${seconds} s`)
}
write(table(lines))

/**
 * Of each episode: how many queries are nearest to the mean of their own shots, and how well the similarity to the
 * nearest mean tells queries from what is out of scope, as the area under the ROC curve.
 */
async function measured(rows, outside, ways, shots, count) {
  const tasks = episodes(all, { ways, shots, queries: QUERIES, seed: 'clinc150' })
  const rowOf = ({ classIndex, example }) => rows[classIndex * 150 + example]
  const [accuracies, areas] = [[], []]
  for (const index of range(count)) {
    const { support, query } = tasks.plan(index)
    const prototypes = means(support.map(rowOf), support, ways)
    const found = await nearest(query.map(rowOf), prototypes)
    accuracies.push(found.filter(({ label }, i) => label === query[i].label).length / query.length)
    if (ways < 150) continue
    const foreign = await nearest(outside, prototypes)
    areas.push(areaUnderCurve(found.map(similarityOf), foreign.map(similarityOf)))
  }
  return { accuracies, areas }
}

function similarityOf({ similarity }) {
  return similarity
}

function means(rows, slots, ways) {
  const sums = range(ways).map(() => new Float32Array(rows[0].length))
  for (const [i, row] of rows.entries()) {
    const sum = sums[slots[i].label]
    for (let k = 0; k < row.length; k++) sum[k] += row[k]
  }
  return sums.map(unit)
}

/** The most similar prototype of each row, by cosine. */
async function nearest(rows, prototypes) {
  const cosines = tf.tidy(() => tf.matMul(matrix(rows), matrix(prototypes), false, true))
  const values = await cosines.data()
  cosines.dispose()
  return rows.map((_, i) => {
    const own = values.subarray(i * prototypes.length, (i + 1) * prototypes.length)
    const similarity = own.reduce((most, value) => Math.max(most, value))
    return { similarity, label: own.indexOf(similarity) }
  })
}

function matrix(rows) {
  const values = new Float32Array(rows.length * rows[0].length)
  for (const [i, row] of rows.entries()) values.set(row, i * row.length)
  return tf.tensor2d(values, [rows.length, rows[0].length])
}

/** What `make` makes, or what it made before and the folder holds. */
async function kept(name, make) {
  const file = `${folder}/${name.replace('()', '')}.json`
  if (folder && existsSync(file)) {
    return JSON.parse(readFileSync(file, 'utf8')).map((row) => Float32Array.from(row))
  }
  const rows = await make()
  if (folder) writeFileSync(file, JSON.stringify(rows.map((row) => [...row])))
  return rows
}

async function encoded(encoder, texts) {
  const rows = []
  for (let at = 0; at < texts.length; at += 1000) {
    const tensor = await encoder.encode(texts.slice(at, at + 1000))
    rows.push(...(await tensor.array()))
    tensor.dispose()
  }
  encoder.dispose()
  return rows.map((row) => Float32Array.from(row))
}

function unit(row) {
  const norm = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0)) || 1
  return row.map((value) => value / norm)
}

function range(n) {
  return [...Array(n).keys()]
}

function percent(values) {
  const { mean, halfWidth } = meanWithInterval(values)
  return `${(100 * mean).toFixed(1)} ± ${(100 * halfWidth).toFixed(1)}`
}

function table(lines) {
  const head = SETTINGS.flatMap(({ ways }) => SHOTS.map((shots) => `${ways}-way ${shots}-shot`))
  const accuracy = [
    ['', ...head].join(' | '),
    ['---', ...head.map(() => '---:')].join(' | '),
    ...lines.map(({ name, scores }) => [cell(name), ...scores].join(' | ')),
  ]
  const rejection = [
    ['', ...SHOTS.map((shots) => `${shots}-shot`)].join(' | '),
    ['---', ...SHOTS.map(() => '---:')].join(' | '),
    ...lines.map(({ name, rejection }) => [cell(name), ...rejection].join(' | ')),
  ]
  const block = (rows) => rows.map((row) => `| ${row} |`).join('\n')
  return `Accuracy in %:\n\n${block(accuracy)}\n\nOut of scope: area under the ROC curve in %, 150 intents against ${outOfScope.test.length.toLocaleString('en')} requests that belong to none, by the similarity to the nearest mean:\n\n${block(rejection)}`
}

function cell(name) {
  return name.endsWith(')') ? `\`${name}\`` : name
}

function write(text) {
  const file = new URL('../README.md', import.meta.url)
  const readme = readFileSync(file, 'utf8')
  const marked = /(<!-- clinc150: .* -->\n)[\s\S]*?(\n<!-- end of clinc150 -->)/
  if (!marked.test(readme)) throw new Error('README.md has no place for the table')
  writeFileSync(
    file,
    readme.replace(marked, (_, begin, end) => `${begin}${text}${end}`),
  )
}
