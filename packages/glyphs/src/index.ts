import { type ByteSource, readPackageFile } from '@kshot/core'
import { anything, checkOptions, options as optionsOf } from '@kshot/core/options'
import { type Contents, exampleCount, imageArea, imageBytes, type Script, unpack } from './format'

/** Characters of one split: a data set of classes with examples, to be read one at a time. */
export interface GlyphSplit {
  /** How to rebuild the same data set. */
  readonly spec: {
    readonly package: '@kshot/glyphs'
    readonly export: 'glyphSplit'
    readonly options: { readonly split: Script['split'] }
  }
  /** Shape of one example, `[height, width, channels]`. */
  readonly shape: readonly [28, 28, 1]
  /** A class is a character (`Thai/U+0E01`), its group the script, its size the number of typefaces. */
  readonly classes: readonly {
    readonly id: string
    readonly group: string
    readonly size: number
  }[]
  /** Writes one example into `target` from `offset` on: 784 numbers in [0, 1], row by row, ink = 1. */
  read(classIndex: number, example: number, target: Float32Array, offset: number): void
  /** The typeface that drew an example. */
  drawer(classIndex: number, example: number): string
}

const schema = optionsOf({ source: anything })

export interface GlyphsOptions {
  /** Where `glyphs.bin` lies, or its bytes. Default: the copy inside this package. */
  readonly source?: ByteSource | undefined
}

/**
 * Loads the characters: `train`, `validation` and `test` share no script.
 *
 * Throws a `KshotError`: `glyphs/bad-option`, `glyphs/unreadable` if the file cannot be read, `glyphs/damaged` if its bytes
 * differ from those that were packed.
 *
 * @example
 * const { train } = await glyphs()
 * const image = new Float32Array(784)
 * train.read(0, 3, image, 0) // the first character in its fourth typeface
 */
export async function glyphs(
  options: GlyphsOptions = {},
): Promise<{ train: GlyphSplit; validation: GlyphSplit; test: GlyphSplit }> {
  checkOptions('glyphs/bad-option', 'glyphs', schema, options)
  const url = new URL('../data/glyphs.bin', import.meta.url)
  const own = { package: '@kshot/glyphs', file: 'glyphs.bin', url }
  const contents = await unpack(await readPackageFile(own, options))
  return {
    train: split(contents, 'train'),
    validation: split(contents, 'validation'),
    test: split(contents, 'test'),
  }
}

export interface CheckpointOptions {
  /** Where `protonet.safetensors` lies, or its bytes. Default: the copy inside this package. */
  readonly source?: ByteSource | undefined
}

/**
 * The bytes of a Prototypical Network (conv4 with 32 filters) that was trained on the training scripts.
 *
 * Throws a `KshotError`: `glyphs/unreadable` if the file cannot be read.
 *
 * @example
 * const learner = protonet({ backbone: conv4({ filters: 32 }) })
 * const meta = loadMeta(await protonetCheckpoint(), learner)
 */
export async function protonetCheckpoint(options: CheckpointOptions = {}): Promise<Uint8Array> {
  const url = new URL('../data/protonet.safetensors', import.meta.url)
  const own = { package: '@kshot/glyphs', file: 'protonet.safetensors', url }
  return readPackageFile(own, options)
}

/** One split of {@link glyphs} by its name: what a spec calls. */
export async function glyphSplit({ split: name }: { readonly split: Script['split'] }) {
  return (await glyphs())[name]
}

function split({ scripts, images }: Contents, name: Script['split']): GlyphSplit {
  const characters = placed(scripts).filter(({ script }) => script.split === name)
  const at = (classIndex: number, example: number) => {
    const found = characters[classIndex]
    const typeface = found?.script.typefaces[example]
    if (!found || typeface === undefined) {
      throw new RangeError(
        `${name} has no example ${example} of class ${classIndex}: it has ${characters.length} classes`,
      )
    }
    return { ...found, typeface }
  }
  return {
    spec: { package: '@kshot/glyphs', export: 'glyphSplit', options: { split: name } },
    shape: [28, 28, 1],
    classes: characters.map(({ script, character }) => ({
      id: `${script.name}/${codePoint(character)}`,
      group: script.name,
      size: script.typefaces.length,
    })),
    read(classIndex, example, target, offset) {
      const { start, stride } = at(classIndex, example)
      const first = start + example * stride
      decode(images.subarray(first, first + imageBytes), target, offset)
    },
    drawer: (classIndex, example) => at(classIndex, example).typeface,
  }
}

/** Every character with the place of its images: script by script, typeface by typeface. */
function placed(scripts: readonly Script[]) {
  let scriptStart = 0
  return scripts.flatMap((script) => {
    const characters = [...script.characters]
    const stride = characters.length * imageBytes
    const from = scriptStart
    scriptStart += exampleCount(script) * imageBytes
    return characters.map((character, i) => ({
      script,
      character,
      start: from + i * imageBytes,
      stride,
    }))
  })
}

function decode(packed: Uint8Array, target: Float32Array, offset: number): void {
  if (offset < 0 || offset + imageArea > target.length) {
    throw new RangeError(
      `an example takes ${imageArea} numbers from ${offset} on, but the target has ${target.length}`,
    )
  }
  packed.forEach((pair, i) => {
    target[offset + 2 * i] = (pair >> 4) / 15
    target[offset + 2 * i + 1] = (pair & 15) / 15
  })
}

function codePoint(character: string): string {
  return `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`
}
