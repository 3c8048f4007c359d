// Packs rendered scripts into one file; src/format.ts says how it is laid out and reads it.
import { deflateSync } from 'fflate' // in JavaScript, so that every machine makes the same bytes
import { crc32 } from '../src/crc32.ts'

/** Bytes of glyphs.bin. `scripts`: [{ name, split, characters, typefaces, images }]. */
export function pack(scripts) {
  const header = Buffer.from(JSON.stringify({ scripts: scripts.map(withoutImages) }))
  const body = deflateSync(Buffer.concat(scripts.flatMap(columns).map(nibbles)), { level: 9 })
  const file = Buffer.alloc(12 + header.length + body.length)
  file.write('KGLY', 'latin1')
  file.writeUInt32LE(header.length, 8)
  file.set(header, 12)
  file.set(body, 12 + header.length)
  file.writeUInt32LE(crc32(file.subarray(8)), 4)
  return file
}

const withoutImages = ({ name, split, characters, typefaces }) => ({
  name,
  split,
  characters,
  typefaces,
})

const columns = ({ images, typefaces }) =>
  typefaces.flatMap((_, column) => images.map((row) => row[column]))

const nibbles = (image) =>
  Uint8Array.from({ length: image.length / 2 }, (_, i) => (image[2 * i] << 4) | image[2 * i + 1])
