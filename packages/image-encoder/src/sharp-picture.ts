import { KshotError } from '@kshot/core'
import type { Sharp, SharpOptions } from 'sharp'
import { badPicture } from './errors'
import { SIDE } from './net'
import type { Pixels } from './resize'

/** 16,384 × 16,384: more than any camera gives, so that no small file unfolds into gigabytes. */
const MOST_PIXELS = 2 ** 28

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
  const sharp = await loadSharp()
  const picture = (): Sharp => sharp(bytes, options)
  const { width = 0, height = 0 } = await picture().metadata().catch(damaged(name))
  if (width * height > MOST_PIXELS) {
    const got = `${name} of ${width} × ${height} pixels`
    throw badPicture(
      got,
      `Make it smaller than ${MOST_PIXELS} pixels; such a file may be a decompression bomb`,
    )
  }
  return flat(Math.min(width, height) >= LARGE ? shrunk(picture()) : picture().rotate(), name)
}

/** The pixels of what a sharp of the caller's gives; it stays as it is. */
export function sharpPixels(picture: Sharp): Promise<Pixels> {
  return flat(picture.clone(), 'the picture of a sharp')
}

export function isSharp(input: unknown): input is Sharp {
  const sharp = input as Partial<Sharp> | null
  return typeof sharp?.toBuffer === 'function' && typeof sharp.metadata === 'function'
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

function damaged(name: string) {
  return (cause: Error): never => {
    const remedy = 'Check that it is an intact png, jpeg, webp, gif, avif, tiff or svg'
    throw badPicture(`${name}: ${cause.message}`, remedy, cause)
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
