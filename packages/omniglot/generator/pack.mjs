// Packs the official archives into ../data/omniglot.bin:
//   node pack.mjs path/to/omniglot          images_background.zip and images_evaluation.zip, or folders
// Run `turbo build` first: the drawings are read with @kshot/episodes.
import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { crc32, deflateRawSync } from 'node:zlib'
import { omniglot } from '@kshot/episodes/node'
import { encode, probabilitiesOf } from './encode.mjs'

const side = 105
const [data] = process.argv.slice(2)
if (!data) throw new Error('usage: node pack.mjs path/to/omniglot')

const { train, validation, test } = await omniglot({
  data,
  split: 'lake',
  size: side,
  rotations: 'none',
})
// Lake's split tests on images_evaluation, and on nothing else.
const characters = [
  ...charactersOf(train, 'images_background'),
  ...charactersOf(validation, 'images_background'),
  ...charactersOf(test, 'images_evaluation'),
].sort((a, b) => (a.id < b.id ? -1 : 1))
const drawings = characters.flatMap((character) => character.drawings)

const probabilities = probabilitiesOf(drawings, side)
const codes = drawings.map((ink) => encode(ink, side, probabilities))
const longest = Math.max(...codes.map((code) => code.length))
if (longest > 255) throw new Error(`a drawing takes ${longest} bytes: its length has one`)

const header = { side, drawers: 20, alphabets: alphabetsOf(characters) }
const body = Buffer.concat([
  new Uint8Array(probabilities.buffer),
  Uint8Array.from(codes, (code) => code.length),
  ...codes,
])
mkdirSync(join(import.meta.dirname, '../data'), { recursive: true })
const packed = pack('KOMN', header, body)
writeFileSync(join(import.meta.dirname, '../data/omniglot.bin'), packed)
const pixels = createHash('sha256')
for (const ink of drawings) pixels.update(ink)
console.log(`${drawings.length} drawings in ${packed.length} bytes; pixels ${pixels.digest('hex')}`)

function charactersOf(split, part) {
  return split.classes.map(({ id, group, size }, c) => {
    if (size !== 20) throw new Error(`${id} has ${size} drawings`)
    const target = new Float32Array(side * side)
    const drawings = Array.from({ length: size }, (_, example) => {
      split.read(c, example, target, 0)
      return Uint8Array.from(target)
    })
    return { id, alphabet: group, part, drawings }
  })
}

/** One entry an alphabet; its characters are `character01`, `character02` and so on. */
function alphabetsOf(characters) {
  const alphabets = []
  for (const { id, alphabet, part } of characters) {
    if (alphabets.at(-1)?.name !== alphabet) alphabets.push({ name: alphabet, part, characters: 0 })
    const number = ++alphabets.at(-1).characters
    const expected = `${alphabet}/character${String(number).padStart(2, '0')}`
    if (id !== expected) throw new Error(`${id} where ${expected} should be`)
  }
  return alphabets
}

/** The layout of `unpackFile` in @kshot/core. */
function pack(mark, header, body) {
  const json = Buffer.from(JSON.stringify(header))
  const rest = Buffer.concat([u32(json.length), json, deflateRawSync(body, { level: 9 })])
  return Buffer.concat([Buffer.from(mark), u32(crc32(rest)), rest])
}

function u32(value) {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}
