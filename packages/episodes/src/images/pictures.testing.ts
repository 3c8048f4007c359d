import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import sharp, { type Sharp } from 'sharp'

/** A picture of one colour. */
export function plain(background: string, width = 32, height = width): Sharp {
  return sharp({ create: { width, height, channels: 3, background } })
}

/** Writes pictures in the format that their names end in. */
export async function writePictures(
  root: string,
  pictures: { readonly [path: string]: Sharp | Buffer | string },
): Promise<string> {
  for (const [path, picture] of Object.entries(pictures)) {
    const file = join(root, path)
    mkdirSync(dirname(file), { recursive: true })
    if (typeof picture === 'string' || Buffer.isBuffer(picture)) writeFileSync(file, picture)
    else writeFileSync(file, await picture.toFormat(formatOf(path)).toBuffer())
  }
  return root
}

const FORMATS: { readonly [ending: string]: 'png' | 'jpeg' | 'webp' | 'gif' | 'tiff' | 'avif' } = {
  jpg: 'jpeg',
  jfif: 'jpeg',
  jpeg: 'jpeg',
  webp: 'webp',
  gif: 'gif',
  tif: 'tiff',
  tiff: 'tiff',
  avif: 'avif',
}

function formatOf(path: string) {
  return FORMATS[path.split('.').at(-1)!.toLowerCase()] ?? 'png'
}

/** `n` classes of `size` grey pictures each, `c0/0.png` … */
export function classes(n: number, size = 2, prefix = ''): { [path: string]: Sharp } {
  const pictures: { [path: string]: Sharp } = {}
  for (let c = 0; c < n; c++) {
    for (let i = 0; i < size; i++) {
      pictures[`${prefix}c${String(c).padStart(2, '0')}/${i}.png`] = plain('#446')
    }
  }
  return pictures
}

/** A bitmap of 24 bits, all of one colour. */
export function bmp(width: number, height: number, [r, g, b]: readonly number[]): Buffer {
  const stride = Math.ceil((width * 24) / 32) * 4
  const bytes = Buffer.alloc(54 + stride * height)
  bytes.write('BM', 'latin1')
  bytes.writeUInt32LE(bytes.length, 2)
  bytes.writeUInt32LE(54, 10)
  bytes.writeUInt32LE(40, 14)
  bytes.writeInt32LE(width, 18)
  bytes.writeInt32LE(height, 22)
  bytes.writeUInt16LE(1, 26)
  bytes.writeUInt16LE(24, 28)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) bytes.set([b!, g!, r!], 54 + stride * y + 3 * x)
  }
  return bytes
}

/** An uncompressed TIFF of any number of bands, of 8 or 16 bits each; `value` gives each sample. */
export function tiff(
  [width, height, bands]: readonly [number, number, number],
  { depth = 8, value = (i: number) => i % 256 }: { depth?: 8 | 16; value?: (i: number) => number },
): Buffer {
  const samples = width * height * bands
  const pixels = Buffer.alloc((samples * depth) / 8)
  for (let i = 0; i < samples; i++) {
    if (depth === 8) pixels[i] = value(i)
    else pixels.writeUInt16LE(value(i), 2 * i)
  }
  // tag, type (3: 16 bits, 4: 32 bits), values; more than one value lies after the directory
  const tags: readonly (readonly [number, 3 | 4, readonly number[]])[] = [
    [256, 4, [width]],
    [257, 4, [height]],
    [258, 3, Array(bands).fill(depth)],
    [259, 3, [1]],
    [262, 3, [bands >= 3 ? 2 : 1]],
    [273, 4, [8]],
    [277, 3, [bands]],
    [278, 4, [height]],
    [279, 4, [pixels.length]],
  ]
  const directory = Buffer.alloc(2 + 12 * tags.length + 4)
  directory.writeUInt16LE(tags.length)
  const lists: Buffer[] = []
  let free = 8 + pixels.length + directory.length
  for (const [i, [tag, type, values]] of tags.entries()) {
    const entry = directory.subarray(2 + 12 * i)
    const list = Buffer.alloc(Math.max(4, values.length * (type === 3 ? 2 : 4)))
    for (const [j, one] of values.entries()) {
      if (type === 3) list.writeUInt16LE(one, 2 * j)
      else list.writeUInt32LE(one, 4 * j)
    }
    entry.writeUInt16LE(tag)
    entry.writeUInt16LE(type, 2)
    entry.writeUInt32LE(values.length, 4)
    if (list.length === 4) list.copy(entry, 8)
    else {
      entry.writeUInt32LE(free, 8)
      lists.push(list)
      free += list.length
    }
  }
  const header = Buffer.from([0x49, 0x49, 42, 0, 0, 0, 0, 0])
  header.writeUInt32LE(8 + pixels.length, 4)
  return Buffer.concat([header, pixels, directory, ...lists])
}
