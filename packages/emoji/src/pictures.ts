import { damagedFile, unpackFile } from '@kshot/core'

const FILE = { package: '@kshot/emoji', file: 'emoji.bin', mark: 'KEMO' }

/** `train`, `validation` or `test`. */
export type EmojiSplitName = 'train' | 'validation' | 'test'

/** An emoji: its Unicode name with hyphens, itself, and who has drawn it, as numbers of artists. */
export interface Emoji {
  readonly name: string
  readonly emoji: string
  readonly group: string
  readonly split: EmojiSplitName
  readonly artists: readonly number[]
}

interface Header {
  readonly side: number
  readonly artists: readonly string[]
  readonly classes: readonly Emoji[]
}

/** All pictures, each by its number: class by class, artist by artist. */
export interface Pictures extends Header {
  indexed(picture: number): Indexed
}

interface Indexed {
  /** Red, green, blue and alpha of each colour. */
  readonly palette: Uint8Array
  /** The colour of each pixel, row by row. */
  readonly indices: Uint8Array
}

/**
 * The pictures in the bytes of `emoji.bin`. The body of the file is the number of colours of each
 * picture (8 bits), their palettes (RGBA, 8 bits each), and the pictures: the number of the colour of
 * each pixel (8 bits), row by row.
 * @throws `emoji/damaged`
 */
export async function picturesIn(bytes: Uint8Array): Promise<Pictures> {
  const { header, body } = await unpackFile<Header>(bytes, FILE)
  const area = header.side ** 2
  const count = header.classes.reduce((sum, { artists }) => sum + artists.length, 0)
  const palettes = startsOf(body.subarray(0, count), count)
  const first = palettes[count]!
  if (body.length !== first + count * area) {
    throw damagedFile(
      FILE,
      `${body.length} bytes of pictures where ${first + count * area} are named`,
    )
  }
  return {
    ...header,
    indexed: (picture) => ({
      palette: body.subarray(palettes[picture], palettes[picture + 1]),
      indices: body.subarray(first + picture * area, first + (picture + 1) * area),
    }),
  }
}

/** Where each palette begins, and where the last one ends. */
function startsOf(colours: Uint8Array, first: number): Uint32Array {
  const starts = new Uint32Array(colours.length + 1)
  starts[0] = first
  for (const [i, count] of colours.entries()) starts[i + 1] = starts[i]! + 4 * count
  return starts
}
