// Lake, Salakhutdinov & Tenenbaum 2015, Human-level concept learning through probabilistic program induction.
import { type ByteSource, readPackageFile } from '@kshot/core'
import { anything, checkOptions, options as optionsOf } from '@kshot/core/options'
import {
  type Characters,
  type OmniglotOptions as OmniglotContents,
  type Resize,
  resize,
  type SplitName,
  type Splits,
  splitCharacters,
} from '@kshot/episodes'
import { omniglotOptions } from '@kshot/episodes/options'
import { type Drawings, drawingsIn } from './drawings'

const file = { source: anything, onProgress: anything }
const schema = optionsOf({ ...omniglotOptions.properties, ...file }, 'split')

export interface OmniglotOptions extends OmniglotContents {
  /** Where `omniglot.bin` lies, or its bytes. Default: the copy inside this package. */
  readonly source?: ByteSource | undefined
  /** Called while the file arrives over the network. */
  readonly onProgress?: (loaded: number, total: number | undefined) => void
}

/**
 * Omniglot: 1,623 characters of 50 alphabets, 20 drawings each, `[size, size, 1]`, ink = 1; the same
 * classes, pixels and splits as `omniglot` of `@kshot/episodes/node` reads from the official files.
 *
 * Each drawing is decoded on first use.
 *
 * For a final number as in papers, train on the validation classes too:
 * `concatenate(data.train, data.validation)`.
 * @throws `omniglot/bad-option`, `omniglot/unreadable`, `omniglot/damaged`
 * @example
 * const data = await omniglot({ split: 'vinyals' })
 */
export async function omniglot(options: OmniglotOptions): Promise<Splits> {
  checkOptions('omniglot/bad-option', 'omniglot', schema, options)
  const { size = 28, resize: how = 'nearest', source, onProgress } = options
  const url = new URL('../data/omniglot.bin', import.meta.url)
  const own = { package: '@kshot/omniglot', file: 'omniglot.bin', url }
  const drawings = await drawingsIn(await readPackageFile(own, { source, onProgress }))
  return splitCharacters(charactersOf(drawings, size, how), options, '@kshot/omniglot')
}

/** One split of {@link omniglot}, before rotations: what a spec calls. */
export async function omniglotSplit({
  name,
  ...options
}: OmniglotContents & { readonly name: SplitName }) {
  return (await omniglot({ ...options, rotations: 'none' }))[name]
}

function charactersOf(drawings: Drawings, size: number, how: Resize): Characters {
  const { alphabets, drawers } = drawings
  const characters = alphabets.flatMap(({ name: alphabet, part, characters }) =>
    Array.from({ length: characters }, (_, i) => {
      return { part, alphabet, name: `character${String(i + 1).padStart(2, '0')}` }
    }),
  )
  const pixels = renderer(drawings, size, how)
  const classes = characters.map(({ alphabet, name }) => {
    return { id: `${alphabet}/${name}`, group: alphabet, size: drawers }
  })
  const dataset: Characters['dataset'] = {
    shape: [size, size, 1],
    classes,
    read(classIndex, example, target, offset) {
      if (!classes[classIndex] || !(example >= 0 && example < drawers)) {
        throw new RangeError(`there is no drawing ${example} of class ${classIndex}`)
      }
      target.set(pixels(classIndex, example), offset)
    },
  }
  return { dataset, characters }
}

/** Pixels of a drawing, decoded and resized once. */
function renderer({ ink, drawers, side }: Drawings, size: number, how: Resize) {
  const known: (Uint8Array | Float32Array)[] = []
  return (character: number, drawer: number) => {
    const at = character * drawers + drawer
    if (!known[at]) {
      const pixels = resize(ink(character, drawer), [side, side], [size, size], how)
      // Zeros and ones: a byte will do.
      known[at] = how === 'nearest' ? new Uint8Array(pixels) : pixels
    }
    return known[at]
  }
}
