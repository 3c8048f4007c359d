// Writes ../data/emoji.bin and ../LICENSES.md. Run `npm ci` first.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { crc32, deflateRawSync } from 'node:zlib'
import { chooseClasses } from './classes.mjs'
import { side } from './render.mjs'
import { artists, splits } from './sources.mjs'

const classes = await chooseClasses()
const numbers = new Map(artists.map(({ name }, i) => [name, i]))
const header = {
  side,
  artists: artists.map(({ name }) => name),
  classes: classes.map(({ name, emoji, group, drawings }) => {
    const by = drawings.map(({ artist }) => numbers.get(artist))
    return { name, emoji, group, split: splits[group], artists: by }
  }),
}
const indexed = classes.flatMap(({ drawings }) => drawings.map(({ rgba }) => indexedOf(rgba)))
const body = Buffer.concat([
  Uint8Array.from(indexed, ({ palette }) => palette.length),
  ...indexed.map(({ palette }) => new Uint8Array(Uint32Array.from(palette).buffer)),
  ...indexed.map(({ indices }) => indices),
])
const packed = pack('KEMO', header, body)
write('../data/emoji.bin', packed)
write('../LICENSES.md', licences())
console.log(`${indexed.length} drawings in ${packed.length} bytes`)

/** Colours in the order of their first pixel, and the number of each pixel's colour. */
function indexedOf(rgba) {
  const colours = new Map()
  const pixels = new Uint32Array(rgba.buffer, rgba.byteOffset, side * side)
  const indices = Uint8Array.from(pixels, (colour) => {
    if (!colours.has(colour)) colours.set(colour, colours.size)
    return colours.get(colour)
  })
  return { palette: [...colours.keys()], indices }
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

function licences() {
  const { dependencies } = JSON.parse(readFileSync(join(import.meta.dirname, 'package.json')))
  const lines = artists.map(({ name, title, author, licence, home }) => {
    const set = `@iconify-json/${name}`
    return `- **${title}** by ${author}, ${licence}: ${home} (${set} ${dependencies[set]}; \`${name}\` in the data)`
  })
  return `# Licences of the drawings

The code of this package is MIT-licensed. The drawings are their makers', who are thanked here:

${lines.join('\n')}

They were changed: drawn at ${side} × ${side} pixels with at most 16 colours each; near-copies were left out.

- MIT: [text](licences/MIT-fluent.txt)
- Apache License 2.0: [text](licences/Apache-2.0.txt)
- Creative Commons Attribution 4.0 International (CC BY 4.0): https://creativecommons.org/licenses/by/4.0/legalcode

Names and groups of emoji are Unicode's, by way of emojibase-data ${dependencies['emojibase-data']} (MIT). This file is made by \`generator/\`.
`
}

function write(path, content) {
  writeFileSync(join(import.meta.dirname, path), content)
}
