// Lake, Salakhutdinov & Tenenbaum 2015, Human-level concept learning through probabilistic program induction.
import { KshotError } from '@kshot/core'
import { checkOptions } from '@kshot/core/options'
import type { Splits } from '../dataset'
import { type Resize, resize } from '../resize'
import { type Characters, type OmniglotOptions, splitCharacters } from './characters'
import { PARTS, readDrawings } from './files'
import { omniglotFolder } from './find'
import { omniglotOptions } from './options'
import { readBitmap } from './png'
import type { Character, SplitName } from './splits'

export interface OmniglotFilesOptions extends OmniglotOptions {
  /** The folder; searched for by default. */
  readonly data?: string
}

/**
 * Omniglot from its official files: 1,623 characters of 50 alphabets, 20 drawings each, `[size, size, 1]`, ink = 1.
 *
 * `@kshot/omniglot` contains the same drawings, for Node and browsers.
 *
 * For a final number as in papers, train on the validation classes too:
 * `concatenate(data.train, data.validation)`.
 * @throws `episodes/bad-option`, `episodes/data-not-found`, `episodes/damaged-archive`,
 * `episodes/damaged-image`
 * @example
 * const data = await omniglot({ split: 'vinyals' })
 */
export async function omniglot({ data, ...options }: OmniglotFilesOptions): Promise<Splits> {
  checkOptions('episodes/bad-option', 'omniglot', omniglotOptions, options)
  const { size = 28, resize: how = 'nearest' } = options
  const all = await readCharacters(omniglotFolder(data), size, how)
  return splitCharacters(all, options, '@kshot/episodes/node')
}

/** One split of {@link omniglot}, before rotations: what a spec calls. */
export async function omniglotSplit({
  name,
  ...options
}: OmniglotFilesOptions & { readonly name: SplitName }) {
  return (await omniglot({ ...options, rotations: 'none' }))[name]
}

export async function readCharacters(
  folder: string,
  size: number,
  how: Resize,
): Promise<Characters> {
  const drawings = (await Promise.all(PARTS.map((part) => readDrawings(folder, part)))).flat()
  const places = new Map<string, { character: Character; pixels: Float32Array[] }>()
  for (const { path, bytes } of drawings) {
    const [part, alphabet, name, file] = path.split('/').slice(-4)
    if (!part || !alphabet || !name || !file) throw misplaced(`${folder}: ${path}`)
    const id = `${alphabet}/${name}`
    const known = places.get(id) ?? { character: { part, alphabet, name }, pixels: [] }
    const { ink, height, width } = readBitmap(bytes, path)
    known.pixels.push(resize(ink, [height, width], [size, size], how))
    places.set(id, known)
  }
  if (places.size === 0) throw empty(folder)
  const classes = [...places].sort(([a], [b]) => (a < b ? -1 : 1))
  const dataset = {
    shape: [size, size, 1],
    classes: classes.map(([id, { character, pixels }]) => ({
      id,
      group: character.alphabet,
      size: pixels.length,
    })),
    read(classIndex: number, example: number, target: Float32Array, offset: number) {
      target.set(classes[classIndex]![1].pixels[example]!, offset)
    },
  }
  return { dataset, characters: classes.map(([, { character }]) => character) }
}

function misplaced(place: string): KshotError {
  return new KshotError('episodes/damaged-archive', {
    got: `${place}, which is not inside a character of an alphabet`,
    expected: 'images_background/<Alphabet>/<character>/*.png',
    remedy: 'Download the data set again',
  })
}

function empty(folder: string): KshotError {
  return new KshotError('episodes/data-not-found', {
    got: `no drawings in ${folder}`,
    expected: 'images_background/<Alphabet>/<character>/*.png',
    remedy: 'Download the data set again',
  })
}
