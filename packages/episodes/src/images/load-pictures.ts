import { isKshotError } from '@kshot/core'
import { decodedPicture, type ImageFormat, largestValue } from './decode-image'
import { type ImageHeader, pictureOf, readPicture } from './picture'
import type { Pixels } from './picture-dataset'
import { memoryStore, type PictureStore } from './picture-store'
import { severalAtOnce } from './several-at-once'

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
  readonly pixels: readonly (Pixels | undefined)[]
  readonly headers: readonly (ImageHeader | undefined)[]
  readonly broken: readonly Broken[]
  /** How many of the 16 bits per channel are used, if there are pictures of 16 bits. */
  readonly bits: number | undefined
}

/** A picture of 16 bits per channel, whose decoding waits for all others. */
interface Deep {
  readonly i: number
  readonly most: number
}

/**
 * Decodes all pictures that were not decoded before. Those of 16 bits per channel come last, when it is
 * known how many bits all of them use: a camera of 12 bits would give pictures that are nearly black.
 * @throws `episodes/sharp-missing`
 */
export async function loadPictures(
  files: readonly string[],
  format: ImageFormat,
  store: PictureStore = memoryStore(),
): Promise<Loaded> {
  const headers: (ImageHeader | undefined)[] = []
  const deep: Deep[] = []
  const broken = await eachFile(
    files,
    (file) => file,
    async (file, i) => {
      const known = store.known(i)
      const bytes = known ? undefined : await readPicture(file)
      const same = known ?? store.sameContent(i, bytes!)
      const picture = same ? undefined : await pictureOf(bytes!, file)
      const header = same?.header ?? picture!.header
      headers[i] = header
      if (header.depth === 16) {
        deep.push({ i, most: same?.most ?? (await largestValue(picture!, file)) })
      } else if (same) {
        store.reuse(i, same)
      } else {
        await store.put(i, await decodedPicture(picture!, file, format), { header })
      }
    },
  )
  const bits = format.bits ?? (deep.length > 0 ? bitsFor(deep.map(({ most }) => most)) : undefined)
  const faults = await eachFile(
    deep,
    ({ i }) => files[i]!,
    async ({ i, most }) => {
      const known = store.known(i)
      if (known && known.bits === bits) return store.reuse(i, known)
      const file = files[i]!
      const picture = await pictureOf(store.remember(i, await readPicture(file)), file)
      const decoded = await decodedPicture(picture, file, { ...format, bits: bits! })
      await store.put(i, decoded, { header: picture.header, most, bits: bits! })
    },
  )
  const pixels = await store.done(files.length)
  return { pixels, headers, broken: [...broken, ...faults], bits }
}

/** Calls `use` for each, and gathers those that can't be read, in their order. */
async function eachFile<T>(
  items: readonly T[],
  fileOf: (item: T) => string,
  use: (item: T, i: number) => Promise<void>,
): Promise<Broken[]> {
  const found: (Broken | undefined)[] = []
  await severalAtOnce(items, async (item, i) => {
    try {
      await use(item, i)
    } catch (error) {
      found[i] = faultOf(error, fileOf(item))
    }
  })
  return found.filter((fault) => fault !== undefined)
}

/** The fewest bits, as cameras and scanners have them, that hold all values. */
export function bitsFor(largest: readonly number[]): number {
  const most = largest.reduce((a, b) => Math.max(a, b), 0)
  return [8, 10, 12, 14].find((bits) => most < 2 ** bits) ?? 16
}

/** What is wrong with a picture. Any other error is no picture's fault, and is thrown. */
export function faultOf(error: unknown, file: string): Broken {
  if (!isKshotError(error) || error.code === 'episodes/sharp-missing') throw error
  const { code, got } = error
  return { file, reason: got.replace(`${file}: `, ''), code }
}
