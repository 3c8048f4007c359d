// Lake, Salakhutdinov & Tenenbaum 2015, Human-level concept learning through probabilistic program induction.
import { KshotError, type Spec } from '@kshot/core'
import {
  assertDisjoint,
  type Dataset,
  type Splits,
  subset,
  rotations as withRotations,
} from '../dataset'
import { type Resize, resize } from '../resize'
import { PARTS, readDrawings } from './files'
import { findOmniglot } from './find'
import { readBitmap } from './png'
import { type Character, type OmniglotSplit, type SplitName, splitOf } from './splits'

export interface OmniglotOptions {
  /** Folder; by default it is looked for. */
  readonly data?: string
  readonly split: OmniglotSplit
  /** Of the splits that shuffle. Default 0. */
  readonly seed?: number | string
  /** `nearest` (default) gives the papers' images. */
  readonly resize?: Resize
  /** Side in pixels. Default 28. */
  readonly size?: number
  /** Splits whose classes are multiplied by four rotations. Default `all`. */
  readonly rotations?: 'all' | 'train' | 'none'
}

/**
 * Omniglot: 1,623 characters of 50 alphabets, 20 drawings each, `[size, size, 1]`, ink = 1.
 *
 * For a paper's final number, trained on the validation classes too:
 * `concatenate(data.train, data.validation)`.
 * @throws `episodes/data-not-found`, `episodes/damaged-archive`, `episodes/damaged-image`
 * @example
 * const data = await omniglot({ split: 'vinyals' })
 */
export async function omniglot(options: OmniglotOptions): Promise<Splits> {
  const { size = 28, resize: how = 'nearest' } = options
  return splitCharacters(await readCharacters(findOmniglot(options.data), size, how), options)
}

/** The splits of characters that are read already. */
export function splitCharacters(all: Characters, options: OmniglotOptions): Splits {
  const { seed = 0, rotations = 'all' } = options
  const splits = splitOf(all.characters, options.split, seed)
  const plain = (name: SplitName): Dataset =>
    subset(all.dataset, specOf(name, options), (_, i) => splits[i] === name)
  const disjoint = assertDisjoint({
    train: plain('train'),
    validation: plain('validation'),
    test: plain('test'),
  })
  const turned = (name: SplitName) =>
    rotations === 'all' || (rotations === 'train' && name === 'train')
      ? withRotations(disjoint[name])
      : disjoint[name]
  return { train: turned('train'), validation: turned('validation'), test: turned('test') }
}

/** One split of {@link omniglot}, before rotations: what a spec calls. */
export async function omniglotSplit({ name, ...options }: OmniglotOptions & { name: SplitName }) {
  return (await omniglot({ ...options, rotations: 'none' }))[name]
}

/** Where the data lies is no part of what it is. */
function specOf(
  name: SplitName,
  { split, seed = 0, resize: how = 'nearest', size = 28 }: OmniglotOptions,
): Spec {
  return {
    package: '@kshot/episodes/node',
    export: 'omniglotSplit',
    options: { name, split, seed, resize: how, size },
  }
}

/** All characters as one data set, and where each stands. */
export interface Characters {
  readonly dataset: Dataset
  readonly characters: readonly Character[]
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
  const dataset: Dataset = {
    spec: specOf('train', { split: 'vinyals' }),
    shape: [size, size, 1],
    classes: classes.map(([id, { character, pixels }]) => ({
      id,
      group: character.alphabet,
      size: pixels.length,
    })),
    read(classIndex, example, target, offset) {
      target.set(classes[classIndex]![1].pixels[example]!, offset)
    },
  }
  return { dataset, characters: classes.map(([, { character }]) => character) }
}

function misplaced(place: string): KshotError {
  return new KshotError('episodes/damaged-archive', {
    got: `${place}, which lies in no character of an alphabet`,
    expected: 'images_background/<Alphabet>/<character>/*.png',
    remedy: 'Get the data set anew',
  })
}

function empty(folder: string): KshotError {
  return new KshotError('episodes/data-not-found', {
    got: `no drawings in ${folder}`,
    expected: 'images_background/<Alphabet>/<character>/*.png',
    remedy: 'Get the data set anew',
  })
}
