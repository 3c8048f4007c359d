import { type ByteSource, readPackageFile } from '@kshot/core'
import { anything, checkOptions, options as optionsOf } from '@kshot/core/options'
import { type Emoji, type EmojiSplitName, type Pictures, picturesIn } from './pictures'

export type { EmojiSplitName } from './pictures'

/** Emoji of one split: a data set of classes with examples, to be read one at a time. */
export interface EmojiSplit {
  /** How to rebuild the same data set. */
  readonly spec: {
    readonly package: '@kshot/emoji'
    readonly export: 'emojiSplit'
    readonly options: { readonly split: EmojiSplitName }
  }
  /** Shape of one example, `[height, width, channels]`. */
  readonly shape: readonly [64, 64, 3]
  /** A class is an emoji (`Food & Drink/red-apple`), its size the number of artists who drew it. */
  readonly classes: readonly {
    readonly id: string
    readonly group: string
    readonly size: number
    /** For example `🍎`. */
    readonly emoji: string
  }[]
  /** Writes one example into `target` from `offset` on: red, green, blue in [0, 1], on white, row by row. */
  read(classIndex: number, example: number, target: Float32Array, offset: number): void
  /** One example with its transparency, `[64 * 64 * 4]`, as for `ImageData`. */
  rgba(classIndex: number, example: number): Uint8ClampedArray<ArrayBuffer>
  /** Who drew an example, for example `twemoji`. */
  drawer(classIndex: number, example: number): string
}

const schema = optionsOf({ source: anything, onProgress: anything })

export interface EmojiOptions {
  /** Where `emoji.bin` lies, or its bytes. Default: the copy inside this package. */
  readonly source?: ByteSource | undefined
  /** Called while the file arrives over the network. */
  readonly onProgress?: (loaded: number, total: number | undefined) => void
}

/**
 * Loads the pictures: `train`, `validation` and `test` share no group of emoji.
 * @throws `emoji/bad-option`, `emoji/unreadable`, `emoji/damaged`
 * @example
 * const { test } = await emoji()
 * const picture = new Float32Array(64 * 64 * 3)
 * test.read(0, 2, picture, 0) // the first emoji, by the third artist who drew it
 */
export async function emoji(options: EmojiOptions = {}): Promise<{
  readonly train: EmojiSplit
  readonly validation: EmojiSplit
  readonly test: EmojiSplit
}> {
  checkOptions('emoji/bad-option', 'emoji', schema, options)
  const url = new URL('../data/emoji.bin', import.meta.url)
  const own = { package: '@kshot/emoji', file: 'emoji.bin', url }
  const pictures = await picturesIn(await readPackageFile(own, options))
  return {
    train: split(pictures, 'train'),
    validation: split(pictures, 'validation'),
    test: split(pictures, 'test'),
  }
}

/** One split of {@link emoji} by its name: what a spec calls. */
export async function emojiSplit({ split: name }: { readonly split: EmojiSplitName }) {
  return (await emoji())[name]
}

function split(pictures: Pictures, name: EmojiSplitName): EmojiSplit {
  const classes = numbered(pictures.classes).filter((entry) => entry.split === name)
  const at = (classIndex: number, example: number) => {
    const entry = classes[classIndex]
    const artist = entry?.artists[example]
    if (artist !== undefined) return { picture: entry!.first + example, artist }
    throw new RangeError(
      `${name} has no example ${example} of class ${classIndex}: it has ${classes.length} classes`,
    )
  }
  return {
    spec: { package: '@kshot/emoji', export: 'emojiSplit', options: { split: name } },
    shape: [64, 64, 3],
    classes: classes.map(({ name: id, group, artists, emoji }) => {
      return { id: `${group}/${id}`, group, size: artists.length, emoji }
    }),
    read(classIndex, example, target, offset) {
      const { picture } = at(classIndex, example)
      readOnWhite(pictures, picture, target, offset)
    },
    rgba(classIndex, example) {
      const { palette, indices } = pictures.indexed(at(classIndex, example).picture)
      const colours = new Uint32Array(palette.slice().buffer)
      const pixels = new Uint32Array(indices.length)
      for (let p = 0; p < pixels.length; p++) pixels[p] = colours[indices[p]!]!
      return new Uint8ClampedArray(pixels.buffer)
    },
    drawer: (classIndex, example) => pictures.artists[at(classIndex, example).artist]!,
  }
}

/** Every emoji with the number of its first picture. */
function numbered(classes: readonly Emoji[]): (Emoji & { readonly first: number })[] {
  let next = 0
  return classes.map((entry) => {
    const first = next
    next += entry.artists.length
    return { ...entry, first }
  })
}

function readOnWhite(
  pictures: Pictures,
  picture: number,
  target: Float32Array,
  offset: number,
): void {
  const { palette, indices } = pictures.indexed(picture)
  const size = indices.length * 3
  if (offset < 0 || offset + size > target.length) {
    throw new RangeError(
      `an example takes ${size} numbers from ${offset} on, but the target has ${target.length}`,
    )
  }
  const colours = onWhite(palette)
  let at = offset
  for (const index of indices) {
    target[at++] = colours[3 * index]!
    target[at++] = colours[3 * index + 1]!
    target[at++] = colours[3 * index + 2]!
  }
}

/** Red, green, blue of each colour on white paper, in [0, 1]. */
function onWhite(palette: Uint8Array): Float64Array {
  return Float64Array.from({ length: (palette.length / 4) * 3 }, (_, i) => {
    const first = 4 * Math.floor(i / 3)
    const alpha = palette[first + 3]!
    return (palette[first + (i % 3)]! * alpha + 255 * (255 - alpha)) / 65025
  })
}
