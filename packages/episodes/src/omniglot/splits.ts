import { type Rng, rng } from '@kshot/core'

/** `vinyals`, `finn` or `lake`. */
export type OmniglotSplit = 'vinyals' | 'finn' | 'lake'

/** Where a character stands: which half it was published in, its alphabet, its number. */
export interface Character {
  readonly part: string
  readonly alphabet: string
  /** For example `character07`. */
  readonly name: string
}

export type SplitName = 'train' | 'validation' | 'test'

// Vinyals et al. 2016, as published by Snell et al. 2017: by alphabet, but for Gurmukhi, which is
// cut after character 41. All other alphabets are for training: 1,028 / 172 / 423 characters.
const VINYALS_VALIDATION = 'Armenian Bengali Early_Aramaic Hebrew Mkhedruli_(Georgian)'.split(' ')
const VINYALS_TEST =
  'Kannada Keble Malayalam Manipuri Mongolian Old_Church_Slavonic_(Cyrillic) Oriya Sylheti Syriac_(Serto) Tengwar Tibetan ULOG'.split(
    ' ',
  )

/** Finn et al. 2017 shuffle all characters: 1,100 for training, 100 for validation, 423 for test. */
const FINN = { train: 1100, validation: 100 }

/** Background alphabets of Lake's that are held out for validation. */
const LAKE_VALIDATION = 5

/**
 * Which split each character is in, in their order.
 * - `vinyals`: fixed
 * - `finn`: shuffled by the seed
 * - `lake`: background for training and evaluation for test (Lake et al. 2015); the paper has no
 *   validation set, so five background alphabets, drawn by the seed, are held out
 */
export function splitOf(
  characters: readonly Character[],
  split: OmniglotSplit,
  seed: number | string,
): SplitName[] {
  const random = rng(seed).split('omniglot').split(split)
  if (split === 'vinyals') return characters.map(vinyals)
  return split === 'finn' ? finn(characters.length, random) : lake(characters, random)
}

function vinyals({ alphabet, name }: Character): SplitName {
  if (alphabet === 'Gurmukhi') return name > 'character41' ? 'test' : 'train'
  if (VINYALS_VALIDATION.includes(alphabet)) return 'validation'
  return VINYALS_TEST.includes(alphabet) ? 'test' : 'train'
}

function finn(n: number, random: Rng): SplitName[] {
  const names: SplitName[] = []
  for (const [rank, i] of random.permutation(n).entries()) {
    if (rank < FINN.train) names[i] = 'train'
    else names[i] = rank < FINN.train + FINN.validation ? 'validation' : 'test'
  }
  return names
}

function lake(characters: readonly Character[], random: Rng): SplitName[] {
  const background = characters.filter(({ part }) => part === 'images_background')
  const alphabets = [...new Set(background.map(({ alphabet }) => alphabet))].sort()
  const heldOut = random.sample(alphabets.length, Math.min(LAKE_VALIDATION, alphabets.length))
  const validation = new Set(heldOut.map((i) => alphabets[i]))
  return characters.map(({ part, alphabet }) => {
    if (part === 'images_evaluation') return 'test'
    return validation.has(alphabet) ? 'validation' : 'train'
  })
}
