import { rng } from '@kshot/core'
import { badOption } from './checks'

/** Shares of the classes; they sum to 1. */
export type SplitShares = {
  readonly train: number
  readonly validation: number
  readonly test: number
}

export type SplitName = keyof SplitShares

/** Usual names of splits, in lower case. */
const NAMES: { readonly [name in SplitName]: readonly string[] } = {
  train: ['train', 'training', 'trainset', 'trn', 'metatrain', 'base', 'background'],
  validation: ['val', 'validation', 'valid', 'validate', 'dev', 'metaval'],
  test: ['test', 'testing', 'tst', 'testset', 'metatest', 'novel', 'eval', 'evaluation'],
}

/** The split that a folder, or a field of a table, is named after. */
export function splitNamed(written: string): SplitName | undefined {
  const name = written.trim().toLowerCase().replace('meta-', 'meta')
  return (Object.keys(NAMES) as SplitName[]).find((split) => NAMES[split].includes(name))
}

/** The one split that a word of a name is named after, for example `images_train`, `Test Set`, `val2017`. */
export function splitWithin(written: string): SplitName | undefined {
  const words = written.split(/[^\p{L}]+/u).flatMap((word) => splitNamed(word) ?? [])
  const [split, other] = new Set(words)
  return other ? undefined : split
}

/** Where nothing else says which class belongs where. */
export const DEFAULT_SHARES: SplitShares = { train: 0.6, validation: 0.2, test: 0.2 }

/**
 * Deals classes to splits at random; within a split they stay in their order.
 * @param stream names the draw, so that different data sets of one seed differ
 */
export function dealt<T>(
  classes: readonly T[],
  { validation, test }: SplitShares,
  seed: number | string,
  stream: string,
  round: (share: number) => number = Math.round,
): { readonly [name in SplitName]: readonly T[] } {
  const n = classes.length
  const order = rng(seed).split(stream).permutation(n)
  const [forTest, forValidation] = [round(n * test), round(n * validation)]
  const take = (from: number, to?: number) =>
    order
      .slice(from, to)
      .sort((a, b) => a - b)
      .map((i) => classes[i]!)
  return {
    test: take(0, forTest),
    validation: take(forTest, forTest + forValidation),
    train: take(forTest + forValidation),
  }
}

/**
 * Splits that name some of their classes: a split without any is dealt from those for training, in the
 * proportion of the shares.
 */
export function dealtMissing<T>(
  given: { readonly [name in SplitName]: readonly T[] },
  shares: SplitShares,
  seed: number | string,
  stream: string,
): { readonly [name in SplitName]: readonly T[] } {
  const share = (name: SplitName) => (given[name].length === 0 ? shares[name] : 0)
  const sum = shares.train + share('validation') + share('test')
  if (sum === 0) return given
  const wanted = {
    train: shares.train / sum,
    validation: share('validation') / sum,
    test: share('test') / sum,
  }
  // Rounded down, so that a handful of classes is not torn apart.
  const { train, validation, test } = dealt(given.train, wanted, seed, stream, Math.floor)
  return {
    train,
    validation: given.validation.length > 0 ? given.validation : validation,
    test: given.test.length > 0 ? given.test : test,
  }
}

/** @throws `episodes/bad-option` unless the shares sum to 1 */
export function checkShares(shares: SplitShares): SplitShares {
  const all = [shares.train, shares.validation, shares.test]
  const sum = all.reduce((total, share) => total + share, 0)
  if (all.every((share) => share >= 0) && Math.abs(sum - 1) < 1e-6) return shares
  throw badOption(
    `splits ${all.join(', ')}`,
    'shares of the classes for train, validation and test that sum to 1',
    'Pass splits: { train: 0.6, validation: 0.2, test: 0.2 }',
  )
}
