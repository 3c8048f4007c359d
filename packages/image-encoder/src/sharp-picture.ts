import { KshotError } from '@kshot/core'
import type { Metadata, Sharp, SharpOptions } from 'sharp'
import { badPicture } from './errors'
import { SIDE } from './net'
import type { Pixels } from './resize'

/** 16,384 × 16,384: more than any camera gives, so that no small file unfolds into gigabytes. */
const MOST_PIXELS = 2 ** 28
/** Of what is in memory as a whole while it is decoded. */
const MOST_AT_ONCE = 2 ** 26

/** How files begin: offset and bytes. */
const BEGINS: readonly (readonly [offset: number, bytes: string])[] = [
  [0, '\x89PNG\r\n\x1a\n'],
  [0, '\xff\xd8\xff'],
  [0, 'GIF8'],
  [8, 'WEBP'],
  [0, 'II*\0'],
  [0, 'MM\0*'],
  [0, 'II+\0'],
  [0, 'MM\0+'],
  [4, 'ftypavif'],
  [4, 'ftypavis'],
  [4, 'ftypmif1'],
]

/** From four times the net's side on, sharp shrinks a picture to twice of it; a JPEG while it is decoded. */
const LARGE = 4 * SIDE
const SHRUNK = 2 * SIDE

const options: SharpOptions = {
  limitInputPixels: MOST_PIXELS,
  failOn: 'error',
  sequentialRead: true,
}

/**
 * The pixels of a picture file, upright as its EXIF says, what is transparent on white. `name` stands
 * for it in errors.
 * @throws `image-encoder/bad-picture`, `image-encoder/sharp-missing`
 */
export async function encodedPixels(bytes: Uint8Array, name: string): Promise<Pixels> {
  if (bytes.length === 0) throw badPicture(`${name}: 0 bytes`, 'Write it again')
  checkKind(bytes, name)
  const sharp = await loadSharp()
  const picture = (): Sharp => sharp(bytes, options)
  const metadata = await picture().metadata().catch(damaged(name))
  const isLarge = Math.min(metadata.width, metadata.height) >= LARGE
  checkSize(metadata, isLarge, name)
  return flat(isLarge ? shrunk(picture()) : picture().rotate(), name)
}

/** SVG is not read but drawn, which a few hundred bytes can make last for ever. */
function checkKind(bytes: Uint8Array, name: string): void {
  const begins = String.fromCharCode(...bytes.subarray(0, 16))
  if (BEGINS.some(([at, mark]) => begins.startsWith(mark, at))) return
  throw badPicture(`${name}: no picture that can be read`, REMEDY)
}

/** Line by line, only baseline jpeg and png that is not interlaced are decoded, if they are shrunk. */
function checkSize(
  { width, height, format, isProgressive }: Metadata,
  isLarge: boolean,
  name: string,
): void {
  const lines = isLarge && (format === 'jpeg' || format === 'png') && !isProgressive
  const most = lines ? MOST_PIXELS : MOST_AT_ONCE
  if (width * height <= most) return
  throw badPicture(
    `${name} of ${width} × ${height} pixels`,
    `Make it smaller than ${most} pixels; such a file may be a decompression bomb`,
  )
}

/** The pixels of what a sharp of the caller's gives; it stays as it is. */
export function sharpPixels(picture: Sharp): Promise<Pixels> {
  return flat(picture.clone(), 'the picture of a sharp')
}

export function isSharp(input: unknown): input is Sharp {
  const sharp = input as Partial<Sharp> | null
  return typeof sharp?.toBuffer === 'function' && typeof sharp.clone === 'function'
}

function shrunk(picture: Sharp): Sharp {
  return picture.rotate().resize({ width: SHRUNK, height: SHRUNK, fit: 'outside', kernel: 'cubic' })
}

async function flat(picture: Sharp, name: string): Promise<Pixels> {
  const { data, info } = await picture
    .flatten({ background: '#ffffff' })
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true })
    .catch(damaged(name))
  return { width: info.width, height: info.height, channels: info.channels as 1 | 3, data }
}

const REMEDY = 'Check that it is an intact png, jpeg, webp, gif, avif or tiff'

function damaged(name: string) {
  return (cause: Error): never => {
    throw badPicture(`${name}: ${cause.message}`, REMEDY, cause)
  }
}

async function loadSharp() {
  try {
    return (await import('sharp')).default
  } catch (cause) {
    throw new KshotError('image-encoder/sharp-missing', {
      got: `a picture file to decode, but no package sharp: ${(cause as Error).message}`,
      expected: 'sharp 0.33 or newer, an optional peer dependency of @kshot/image-encoder',
      remedy: 'Install it: npm install sharp',
      cause,
    })
  }
}
