// Every example of @kshot/intents and @kshot/emoji, encoded once and kept in a folder: data sets of embeddings.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { emoji } from '@kshot/emoji'
import { imageEncoder } from '@kshot/image-encoder'
import { intents } from '@kshot/intents'
import { omniglot } from '@kshot/omniglot'
import { staticTextEncoder, textEncoder } from '@kshot/text-encoder'
import * as tf from '@tensorflow/tfjs-core'

const folder = new URL('node_modules/.cache/embeddings/', import.meta.url)
const BATCH = 50

/** CLINC150: a data set for each split, and what belongs to none of the intents, in rows. */
export async function intentsBy(name) {
  const encoder = { textEncoder, staticTextEncoder }[name]()
  const splits = await intents()
  const rowsOf = (part, texts) => kept(`intents-${name}-${part}`, encoder, texts)
  const data = {}
  for (const part of ['train', 'validation', 'test']) {
    const split = splits[part]
    const texts = places(split.classes).map(([c, i]) => split.text(c, i))
    data[part] = embedded(split, await rowsOf(part, texts), encoder)
  }
  data.all = joined([data.train, data.validation, data.test])
  const outside = {
    validation: await rowsOf('outside-validation', splits.outOfScope.validation),
    test: await rowsOf('outside-test', splits.outOfScope.test),
  }
  encoder.dispose()
  return { ...data, outside, dimensions: encoder.dimensions, version: encoder.version }
}

/** The emoji: a data set for each split, whose `drawer(classIndex, example)` is the artist. */
export async function emojiEmbedded() {
  const encoder = imageEncoder()
  const splits = await emoji()
  const data = {}
  for (const part of ['train', 'validation', 'test']) {
    const split = splits[part]
    const pictures = places(split.classes).map((place) => () => picture(split, ...place))
    data[part] = {
      ...embedded(split, await kept(`emoji-${part}`, encoder, pictures), encoder),
      drawer: split.drawer,
      pixels: split.read,
    }
  }
  encoder.dispose()
  return { ...data, encoder }
}

/** 60 test characters of Omniglot: a data set of embeddings. */
export async function omniglotEmbedded() {
  const encoder = imageEncoder()
  const { test } = await omniglot({ split: 'vinyals', rotations: 'none' })
  const split = { ...test, classes: test.classes.slice(0, 60) }
  const pictures = places(split.classes).map(
    ([c, i]) =>
      () =>
        drawing(split, c, i),
  )
  const data = embedded(split, await kept('omniglot-test', encoder, pictures), encoder)
  encoder.dispose()
  return data
}

/** Ink is 1, the encoder's paper white. */
function drawing(split, classIndex, example) {
  const pixels = new Float32Array(28 * 28)
  split.read(classIndex, example, pixels, 0)
  return tf.tidy(() => tf.tile(tf.sub(1, tf.tensor3d(pixels, [28, 28, 1])), [1, 1, 3]))
}

/** What is no picture of anything: noise of each pixel, smooth noise, and plain colours. */
export async function noisePictures(random, count) {
  const encoder = imageEncoder()
  const pictures = {
    noise: () =>
      tf.tensor3d(
        Float32Array.from({ length: 64 * 64 * 3 }, () => random.uniform()),
        [64, 64, 3],
      ),
    smooth: () =>
      tf.tidy(() => {
        const coarse = Float32Array.from({ length: 4 * 4 * 3 }, () => random.uniform())
        return tf.image.resizeBilinear(tf.tensor3d(coarse, [4, 4, 3]), [64, 64])
      }),
    plain: () => {
      const colour = [random.uniform(), random.uniform(), random.uniform()]
      return tf.tidy(() => tf.tile(tf.tensor3d(colour, [1, 1, 3]), [64, 64, 1]))
    },
    black: () => tf.zeros([64, 64, 3]),
    white: () => tf.ones([64, 64, 3]),
  }
  const rows = {}
  for (const [kind, make] of Object.entries(pictures)) {
    const n = ['black', 'white'].includes(kind) ? 1 : count
    rows[kind] = await encoded(
      encoder,
      Array.from({ length: n }, () => make),
    )
  }
  encoder.dispose()
  return rows
}

function picture(split, classIndex, example) {
  const pixels = new Float32Array(64 * 64 * 3)
  split.read(classIndex, example, pixels, 0)
  return tf.tensor3d(pixels, [64, 64, 3])
}

function places(classes) {
  return classes.flatMap(({ size }, c) => Array.from({ length: size }, (_, i) => [c, i]))
}

/** A data set of embeddings `[d]`, with `row(classIndex, example)`. */
function embedded({ classes, spec }, rows, { spec: encoder, dimensions }) {
  let before = 0
  const starts = classes.map(({ size }) => {
    before += size
    return before - size
  })
  const row = (classIndex, example) => rows[starts[classIndex] + example]
  return {
    spec: { ...spec, options: { ...spec.options, encoder } },
    shape: [dimensions],
    classes,
    row,
    read: (classIndex, example, target, offset) => target.set(row(classIndex, example), offset),
  }
}

/** Several data sets as one. */
function joined(parts) {
  const from = parts.flatMap((part) => part.classes.map((_, c) => [part, c]))
  return {
    ...parts[0],
    classes: parts.flatMap(({ classes }) => classes),
    row: (classIndex, example) => from[classIndex][0].row(from[classIndex][1], example),
    read: (classIndex, ...rest) => from[classIndex][0].read(from[classIndex][1], ...rest),
  }
}

/** The rows that were kept under this name for this version, or those that are encoded now. */
async function kept(name, encoder, inputs) {
  const { dimensions: d, version } = encoder
  const file = new URL(`${name}-${version.replace(/\W/g, '_')}.f32`, folder)
  const found = read(file)
  if (found?.length === inputs.length * d) return rowsIn(found, d)
  const rows = await encoded(encoder, inputs, name)
  const values = new Float32Array(rows.length * d)
  for (const [i, row] of rows.entries()) values.set(row, i * d)
  mkdirSync(folder, { recursive: true })
  const half = new URL(`${file.href}.half`)
  writeFileSync(half, values)
  renameSync(half, file)
  return rows
}

function read(file) {
  try {
    const bytes = readFileSync(file)
    return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4)
  } catch {
    return undefined
  }
}

/** Inputs, or functions that make tensors, to a Float32Array each. */
async function encoded(encoder, inputs, name) {
  const rows = []
  for (let at = 0; at < inputs.length; at += BATCH) {
    const batch = inputs
      .slice(at, at + BATCH)
      .map((one) => (typeof one === 'function' ? one() : one))
    const tensor = await encoder.encode(batch)
    rows.push(...rowsIn(await tensor.data(), encoder.dimensions))
    tf.dispose([tensor, ...batch.filter((one) => typeof one !== 'string')])
    if (name && at % 1000 === 0) console.error(`${name}: ${at} of ${inputs.length} encoded`)
  }
  return rows
}

function rowsIn(values, d) {
  return Array.from({ length: values.length / d }, (_, i) => values.slice(i * d, (i + 1) * d))
}
