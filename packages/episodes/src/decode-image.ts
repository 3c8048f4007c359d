import { KshotError } from '@kshot/core'
import type { Sharp, SharpOptions } from 'sharp'
import { type Resize, resize } from './resize'

/** What images become. */
export interface ImageFormat {
  /** `[height, width]` in pixels; other proportions are stretched. */
  readonly size: readonly [height: number, width: number]
  /** 1 for grey, 3 for red, green and blue. Default 3. */
  readonly channels?: 1 | 3
  /** Default `area`. */
  readonly resize?: Resize
  /** Turns black on white into ink = 1. */
  readonly invert?: boolean
}

// 8,192 × 8,192: more than any camera gives, and a quarter of a gigabyte once unpacked.
const MOST_PIXELS = 2 ** 26

/**
 * Decodes one png, jpeg or webp to bytes `[height, width, channels]`; what is transparent is white.
 * The size is read from the header first, so that no file can unfold into gigabytes.
 * @throws `episodes/damaged-image`, `episodes/image-too-large`, `episodes/sharp-missing`
 */
export async function decodeImage(file: string, format: ImageFormat): Promise<Uint8Array> {
  const { channels = 3 } = format
  const sharp = await loadSharp()
  const { width, height } = await header(sharp, file)
  if (width * height > MOST_PIXELS) throw tooLarge(file, width, height)
  const picture = sharp(file, { limitInputPixels: MOST_PIXELS, failOn: 'error' })
    .rotate() // as its EXIF says
    .flatten({ background: '#ffffff' })
    .toColourspace(channels === 1 ? 'b-w' : 'srgb')
  const { data, info } = await picture
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true })
    .catch((cause) => {
      throw damaged(file, cause)
    })
  return planes(data, [info.height, info.width, info.channels], channels, format)
}

type SharpFactory = (input: string, options?: SharpOptions) => Sharp

async function loadSharp(): Promise<SharpFactory> {
  try {
    return (await import('sharp')).default
  } catch (cause) {
    throw new KshotError('episodes/sharp-missing', {
      got: `images to decode, and no package sharp: ${(cause as Error).message}`,
      expected: 'sharp 0.33 or newer, an optional peer of @kshot/episodes',
      remedy: 'Install it: npm install sharp',
      cause,
    })
  }
}

/**
 * What an image says of itself, without decoding it.
 * @throws `episodes/damaged-image`, `episodes/sharp-missing`
 */
export async function imageHeader(file: string) {
  return header(await loadSharp(), file)
}

async function header(sharp: SharpFactory, file: string) {
  const metadata = await sharp(file, { limitInputPixels: false })
    .metadata()
    .catch((cause) => {
      throw damaged(file, cause)
    })
  const { width = 0, height = 0, channels } = metadata
  return { width, height, grey: channels <= 2 }
}

/** Resizes channel by channel, and rounds to bytes. */
function planes(
  data: Uint8Array,
  [height, width, stored]: readonly [number, number, number],
  channels: number,
  { size, resize: how = 'area', invert = false }: ImageFormat,
): Uint8Array {
  const result = new Uint8Array(size[0] * size[1] * channels)
  for (let k = 0; k < channels; k++) {
    const plane = new Uint8Array(height * width)
    for (let i = 0; i < plane.length; i++) plane[i] = data[i * stored + Math.min(k, stored - 1)]!
    const small = resize(plane, [height, width], size, how)
    for (let i = 0; i < small.length; i++) {
      const value = Math.round(small[i]!)
      result[i * channels + k] = invert ? 255 - value : value
    }
  }
  return result
}

function damaged(file: string, cause: unknown): KshotError {
  return new KshotError('episodes/damaged-image', {
    got: `${file}: ${(cause as Error).message}`,
    expected: 'a whole png, jpeg or webp',
    remedy: 'Replace the file, or remove it',
    cause,
  })
}

function tooLarge(file: string, width: number, height: number): KshotError {
  return new KshotError('episodes/image-too-large', {
    got: `${file}: ${width} × ${height} pixels`,
    expected: `at most ${MOST_PIXELS} pixels`,
    remedy: 'Make it smaller; a small file of such a size is made to exhaust memory',
  })
}
