import { KshotError } from '@kshot/core'
import type { Sharp, SharpOptions } from 'sharp'
import { readRegularFile } from '../files/regular-file'
import { type BmpHeader, bmpHeader, bmpPixels } from './bmp'
import { sniffed } from './kinds'
import { loadSharp } from './load-sharp'

/** What a picture says of itself, without being decoded. */
export interface ImageHeader {
  /** As it is shown: turned as its EXIF says. */
  readonly width: number
  readonly height: number
  readonly grey: boolean
  /** Bits per channel: 8 or 16. */
  readonly depth: 8 | 16
  readonly alpha: boolean
  /** Of an animation, or of a file with several pages; the first one is taken. */
  readonly pages: number
}

/** An encoded picture. */
export interface Picture {
  readonly header: ImageHeader
  open(options: SharpOptions): Sharp
}

/** More than any camera's file has. */
const MOST_BYTES = 2 ** 27
/** As much as most headers need, with a thumbnail in front. */
const HEADER_BYTES = 2 ** 17

/**
 * The bytes of a picture's file.
 * @throws `episodes/unreadable-file`, `episodes/data-not-found`, `episodes/file-too-large`
 */
export function readPicture(file: string): Promise<Buffer> {
  return readRegularFile(file, MOST_BYTES)
}

/**
 * Reads the header of an encoded picture; what it is, its bytes say, not its name.
 * @param place for errors
 * @throws `episodes/damaged-image`, `episodes/sharp-missing`
 */
export async function pictureOf(bytes: Buffer, place: string): Promise<Picture> {
  const { kind, instead } = sniffed(bytes)
  if (!kind) throw damagedImage(place, instead)
  if (kind === 'bmp') return bitmap(bytes, place)
  const sharp = await loadSharp()
  const metadata = await sharp(bytes, { limitInputPixels: false })
    .metadata()
    .catch((cause: Error) => {
      const many = cause.message.includes('channel limit')
      const what = many
        ? 'of more than 5 bands; store those you need as pictures of 1 to 4 bands'
        : "whose header can't be read"
      throw damagedImage(place, `a ${kind} ${what}`, cause)
    })
  const { width = 0, height = 0, orientation = 1, channels, depth, hasAlpha, pages = 1 } = metadata
  if (depth !== 'uchar' && depth !== 'ushort') {
    throw damagedImage(place, `a ${kind} of ${depth} values a channel; save it with 8 or 16 bits`)
  }
  return {
    header: {
      width: orientation < 5 ? width : height,
      height: orientation < 5 ? height : width,
      grey: channels <= 2,
      depth: depth === 'uchar' ? 8 : 16,
      alpha: hasAlpha,
      pages,
    },
    open: (options) => sharp(bytes, options),
  }
}

/**
 * The header of a picture's file, of which no more than the beginning is read where that is enough.
 * @throws as {@link readPicture} and {@link pictureOf}
 */
export async function imageHeader(file: string): Promise<ImageHeader> {
  const head = await readRegularFile(file, MOST_BYTES, HEADER_BYTES)
  try {
    return (await pictureOf(head, file)).header
  } catch (error) {
    if (head.length < HEADER_BYTES) throw error
    return (await pictureOf(await readPicture(file), file)).header
  }
}

async function bitmap(bytes: Buffer, place: string): Promise<Picture> {
  const sharp = await loadSharp()
  const header = orDamaged(place, () => bmpHeader(bytes))
  const { width, height } = header
  return {
    header: { width, height, grey: false, depth: 8, alpha: false, pages: 1 },
    open: (options) => sharp(pixelsOf(bytes, header, place), { ...options, raw: raw(header) }),
  }
}

function pixelsOf(bytes: Buffer, header: BmpHeader, place: string): Uint8Array {
  return orDamaged(place, () => bmpPixels(bytes, header))
}

function raw({ width, height }: BmpHeader) {
  return { width, height, channels: 3 } as const
}

function orDamaged<T>(place: string, read: () => T): T {
  try {
    return read()
  } catch (cause) {
    throw damagedImage(place, (cause as Error).message, cause)
  }
}

export function damagedImage(place: string, what: string, cause?: unknown): KshotError {
  return new KshotError('episodes/damaged-image', {
    got: `${place}: ${what}`,
    expected: 'an intact png, jpeg, webp, gif, tiff, avif or bmp',
    remedy: 'Replace the file, or remove it',
    cause,
  })
}
