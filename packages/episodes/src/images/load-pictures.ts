import { isKshotError } from '@kshot/core'
import { decodedPicture, type ImageFormat, largestValue } from './decode-image'
import { type ImageHeader, type Picture, pictureOf, readPicture } from './picture'

/** A picture that can't be read, and why. */
export interface Broken {
  readonly file: string
  readonly reason: string
  /** Of the error. */
  readonly code: string
}

/** What became of a list of files; those that can't be read have no pixels. */
export interface Loaded {
  /** Bytes `[height, width, channels]`, in the order of the files. */
  readonly pixels: readonly (Uint8Array | undefined)[]
  readonly headers: readonly (ImageHeader | undefined)[]
  readonly broken: readonly Broken[]
  /** How many of the 16 bits a channel are used, if there are pictures of 16 bits. */
  readonly bits: number | undefined
}

/**
 * Decodes all pictures. Those of 16 bits a channel come last, when it is known how many bits all of
 * them use: a camera of 12 bits would give pictures that are nearly black.
 * @throws `episodes/sharp-missing`
 */
export async function loadPictures(files: readonly string[], format: ImageFormat): Promise<Loaded> {
  const pixels: (Uint8Array | undefined)[] = []
  const headers: (ImageHeader | undefined)[] = []
  const deep: { readonly i: number; readonly most: number }[] = []
  const broken = await eachPicture(files, async (picture, file, i) => {
    headers[i] = picture.header
    if (picture.header.depth === 8 || format.bits !== undefined) {
      pixels[i] = await decodedPicture(picture, file, format)
    } else {
      deep.push({ i, most: await largestValue(picture, file) })
    }
  })
  const bits = format.bits ?? (deep.length > 0 ? bitsFor(deep.map(({ most }) => most)) : undefined)
  const later = deep.map(({ i }) => files[i]!)
  const faults = await eachPicture(later, async (picture, file, k) => {
    pixels[deep[k]!.i] = await decodedPicture(picture, file, { ...format, bits: bits! })
  })
  return { pixels, headers, broken: [...broken, ...faults], bits }
}

/** The fewest bits, as cameras and scanners have them, that hold all values. */
export function bitsFor(largest: readonly number[]): number {
  const most = largest.reduce((a, b) => Math.max(a, b), 0)
  return [8, 10, 12, 14].find((bits) => most < 2 ** bits) ?? 16
}

/** As many at once as keep the decoder's threads busy; more would only hold more memory. */
const AT_ONCE = 8

/**
 * Reads pictures, several at once, and gives each to `use`.
 * @returns those that can't be read, in the order of the files
 * @throws `episodes/sharp-missing`
 */
async function eachPicture(
  files: readonly string[],
  use: (picture: Picture, file: string, i: number) => Promise<void>,
): Promise<Broken[]> {
  const faults: (Broken | undefined)[] = []
  await severalAtOnce(files, async (file, i) => {
    try {
      await use(await pictureOf(await readPicture(file), file), file, i)
    } catch (error) {
      faults[i] = faultOf(error, file)
    }
  })
  return faults.filter((fault) => fault !== undefined)
}

/** Calls `use` for all items, a few at a time. */
export async function severalAtOnce<T>(
  items: readonly T[],
  use: (item: T, i: number) => Promise<void>,
): Promise<void> {
  let next = 0
  const work = async () => {
    while (next < items.length) {
      const i = next++
      await use(items[i]!, i)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
}

/** What is wrong with a picture. Any other error is no picture's fault, and is thrown. */
export function faultOf(error: unknown, file: string): Broken {
  if (!isKshotError(error) || error.code === 'episodes/sharp-missing') throw error
  const { code, got } = error
  return { file, reason: got.replace(`${file}: `, ''), code }
}
