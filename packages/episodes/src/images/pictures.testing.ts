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
