import { KshotError } from '@kshot/core'
import type { Sharp } from 'sharp'
import { type Resize, resize } from '../resize'
import { type Fit, type Placement, placement } from './fit'
import { damagedImage, type ImageHeader, type Picture, pictureOf, readPicture } from './picture'

/** What images become. */
export interface ImageFormat {
  /** `[height, width]` in pixels. */
  readonly size: readonly [height: number, width: number]
  /**
   * 1 for grey, 3 for red, green and blue, over white where a picture is transparent; 4 for these
   * and a last band: transparency, or what else was stored there, as infrared. Default 3.
   */
  readonly channels?: 1 | 3 | 4
  /** How to fit pictures of other proportions to `size`. Default `cover`. */
  readonly fit?: Fit
  /** Default `area`. */
  readonly resize?: Resize
  /** Turns black on white into ink = 1. */
  readonly invert?: boolean
  /** How many bits per channel 16-bit pictures use, for example 12. Default 16. */
  readonly bits?: number
}

// 8,192 × 8,192: more than any camera gives, and a quarter of a gigabyte once unpacked.
const MOST_PIXELS = 2 ** 26
// A picture whose last band is kept is decoded whole: shrinking would weigh its colours by that band.
const MOST_PIXELS_WITH_BAND = 2 ** 24

/**
 * Decodes one picture to bytes `[height, width, channels]`; transparency becomes white, or a channel.
 * The size is read from the header first, so that no file can unfold into gigabytes.
 * @throws `episodes/damaged-image`, `episodes/image-too-large`, `episodes/sharp-missing`,
 * `episodes/data-not-found`, `episodes/unreadable-file`, `episodes/file-too-large`
 */
export async function decodeImage(file: string, format: ImageFormat): Promise<Uint8Array> {
  return decodedPicture(await pictureOf(await readPicture(file), file), file, format)
}

/** {@link decodeImage} of a picture whose header is read already. */
export async function decodedPicture(
  picture: Picture,
  place: string,
  format: ImageFormat,
): Promise<Uint8Array> {
  const { width, height, depth } = picture.header
  const { channels = 3, bits = 16 } = format
  const most = channels === 4 ? MOST_PIXELS_WITH_BAND : MOST_PIXELS
  if (width * height > most) throw tooLarge(place, width, height, most)
  const deep = depth === 16 && bits < 16
  const space = deep ? (['grey16', 'rgb16'] as const) : (['b-w', 'srgb'] as const)
  const decoded =
    channels === 4
      ? opened(picture).ensureAlpha()
      : shrunk(opened(picture), picture.header, format).flatten({ background: '#ffffff' })
  const { data, info } = await decoded
    .toColourspace(channels === 1 ? space[0] : space[1])
    .raw({ depth: deep ? 'ushort' : 'uchar' })
    .toBuffer({ resolveWithObject: true })
    .catch((cause) => {
      throw damagedImage(place, 'breaks off, or is damaged inside', cause)
    })
  const values = deep ? new Uint16Array(Uint8Array.from(data).buffer) : data
  const white = deep ? 2 ** bits - 1 : 255
  return planes(values, [info.height, info.width, info.channels], white, { ...format, channels })
}

/**
 * The largest value of a channel of a 16-bit picture, which tells how many bits are used.
 * @throws as {@link decodedPicture}
 */
export async function largestValue(picture: Picture, place: string): Promise<number> {
  const { width, height, alpha } = picture.header
  if (width * height > MOST_PIXELS) throw tooLarge(place, width, height, MOST_PIXELS)
  const { channels } = await picture
    .open({ limitInputPixels: MOST_PIXELS, failOn: 'error' })
    .stats()
    .catch((cause) => {
      throw damagedImage(place, 'breaks off, or is damaged inside', cause)
    })
  return Math.max(...channels.slice(0, alpha ? -1 : undefined).map(({ max }) => max))
}

function opened(picture: Picture): Sharp {
  const options = { limitInputPixels: MOST_PIXELS, failOn: 'error' as const }
  return picture.open(options).rotate() // as its EXIF says
}

/** Below, a picture is decoded whole: its pixels are then the same on every machine. */
const LARGE_PIXELS = 2 ** 20
/** How much larger than needed a large picture is decoded; the rest is averaged here. */
const REST = 2

/**
 * A photo of many megapixels, shrunk while it is decoded: twelve times as fast for a jpeg of 12
 * megapixels, and what is held is small.
 */
function shrunk(picture: Sharp, header: ImageHeader, format: ImageFormat): Sharp {
  const { size, fit = 'cover', resize: how = 'area' } = format
  if (how !== 'area' || header.width * header.height < LARGE_PIXELS) return picture
  const [height, width] = [header.height, header.width]
  const scales = [(REST * size[0]) / height, (REST * size[1]) / width] as const
  const scale = fit === 'contain' ? Math.min(...scales) : Math.max(...scales)
  if (scale > 1 / REST) return picture
  const side = (n: number) => Math.max(1, Math.round(n * scale))
  return picture.resize({ width: side(width), height: side(height), fit: 'fill', kernel: 'cubic' })
}

/** Resizes channel by channel, and rounds to bytes. */
function planes(
  data: Uint8Array | Uint16Array,
  [height, width, stored]: readonly [number, number, number],
  most: number,
  {
    size,
    channels,
    fit = 'cover',
    resize: how = 'area',
    invert = false,
  }: ImageFormat & {
    readonly channels: number
  },
): Uint8Array {
  const { from, to } = placement([height, width], size, fit)
  const result = new Uint8Array(size[0] * size[1] * channels).fill(invert ? 0 : 255)
  for (let k = 0; k < channels; k++) {
    const plane = cut(data, width, stored, Math.min(k, stored - 1), from)
    const small = resize(plane, from.size, to.size, how)
    for (let y = 0, i = 0; y < to.size[0]; y++) {
      for (let x = 0; x < to.size[1]; x++, i++) {
        const value = Math.min(255, Math.round(most === 255 ? small[i]! : (small[i]! * 255) / most))
        const at = ((to.top + y) * size[1] + to.left + x) * channels + k
        result[at] = invert && k < 3 ? 255 - value : value
      }
    }
  }
  return result
}

/** One channel of a part of a picture. */
function cut(
  data: Uint8Array | Uint16Array,
  width: number,
  stored: number,
  channel: number,
  { top, left, size }: Placement['from'],
): Uint16Array {
  const plane = new Uint16Array(size[0] * size[1])
  for (let y = 0, i = 0; y < size[0]; y++) {
    let at = ((top + y) * width + left) * stored + channel
    for (let x = 0; x < size[1]; x++, i++, at += stored) plane[i] = data[at]!
  }
  return plane
}

function tooLarge(place: string, width: number, height: number, most: number): KshotError {
  return new KshotError('episodes/image-too-large', {
    got: `${place}: ${width} × ${height} pixels`,
    expected: `at most ${most} pixels`,
    remedy: 'Make it smaller; a small file with so many pixels may be a decompression bomb',
  })
}
