import type { ImageFormat } from './decode-image'
import { largestValue } from './decode-image'
import { layoutOf } from './layout'
import { bitsFor, faultOf } from './load-pictures'
import { type ImageHeader, imageHeader, pictureOf, readPicture } from './picture'
import { cacheFolder, defaultCache, knownPictures, signatureOf } from './picture-cache'
import { severalAtOnce } from './several-at-once'

/** The least and the most of what a folder that says no size is read at: four poolings need 16 pixels. */
const SIDES = { least: 28, most: 84 }

/** A size, channels and, for pictures of 16 bits per channel, how many of them are used. */
export type FolderFormat = Required<Pick<ImageFormat, 'size' | 'channels'>> &
  Pick<ImageFormat, 'bits'>

/**
 * What suits a folder's pictures, from the headers of all of them: the longest side, but 28 to 84
 * pixels; grey if all are. Pictures that can't be read have no say: loading tells them.
 * @throws `episodes/data-not-found`, `episodes/unreadable-file`, `episodes/sharp-missing`
 */
export async function imageFolderFormat(dir: string): Promise<FolderFormat> {
  const { classes } = await layoutOf(dir)
  const files = classes.flatMap(({ pictures }) => pictures.map(({ path }) => path))
  const headers: { readonly file: string; readonly header: ImageHeader }[] = []
  const cache = defaultCache()
  const known = cache ? await knownPictures(await cacheFolder(cache, dir)) : undefined
  await severalAtOnce(files, async (file) => {
    try {
      const kept = known?.get(file)
      const same = kept && kept.signature === (await signatureOf(file))
      headers.push({ file, header: same ? kept.header : await imageHeader(file) })
    } catch (error) {
      faultOf(error, file)
    }
  })
  const longest = headers.reduce(
    (most, { header }) => Math.max(most, header.width, header.height),
    0,
  )
  const side = Math.min(SIDES.most, Math.max(SIDES.least, longest))
  const deep = headers.flatMap(({ file, header }) => (header.depth === 16 ? [file] : []))
  return {
    size: [side, side],
    channels: headers.every(({ header }) => header.grey) ? 1 : 3,
    ...(deep.length > 0 && { bits: await bitsOf(deep) }),
  }
}

async function bitsOf(files: readonly string[]): Promise<number> {
  const largest: number[] = []
  await severalAtOnce(files, async (file) => {
    try {
      largest.push(await largestValue(await pictureOf(await readPicture(file), file), file))
    } catch (error) {
      faultOf(error, file)
    }
  })
  return bitsFor(largest)
}
