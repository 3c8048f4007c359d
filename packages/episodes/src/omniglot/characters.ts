// Lake, Salakhutdinov & Tenenbaum 2015, Human-level concept learning through probabilistic program induction.
import type { Spec } from '@kshot/core'
import {
  assertDisjoint,
  type Dataset,
  type Splits,
  subset,
  rotations as withRotations,
} from '../dataset'
import type { Resize } from '../resize'
import { type Character, type OmniglotSplit, type SplitName, splitOf } from './splits'

/** Which classes Omniglot's splits have, and which pixels. */
export interface OmniglotOptions {
  readonly split: OmniglotSplit
  /** For the splits that shuffle. Default 0. */
  readonly seed?: number | string
  /** `nearest` (default) gives the papers' images. */
  readonly resize?: Resize
  /** Side in pixels. Default 28. */
  readonly size?: number
  /** Splits whose classes get four rotations. Default `all`. */
  readonly rotations?: 'all' | 'train' | 'none'
}

/** All characters as one data set, and where each stands. */
export interface Characters {
  readonly dataset: Omit<Dataset, 'spec'>
  readonly characters: readonly Character[]
}

/**
 * The splits of characters that are read already.
 * @param loader the package whose `omniglotSplit` reads them again, for their specs
 */
export function splitCharacters(
  { dataset, characters }: Characters,
  options: OmniglotOptions,
  loader: '@kshot/omniglot' | '@kshot/episodes/node',
): Splits {
  const { seed = 0, rotations = 'all' } = options
  const splits = splitOf(characters, options.split, seed)
  const plain = (name: SplitName): Dataset => {
    const spec = specOf(name, options, loader)
    return subset({ ...dataset, spec }, spec, (_, i) => splits[i] === name)
  }
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

/** Where the data lies is no part of what it is. */
function specOf(
  name: SplitName,
  { split, seed = 0, resize = 'nearest', size = 28 }: OmniglotOptions,
  loader: string,
): Spec {
  return {
    package: loader,
    export: 'omniglotSplit',
    options: { name, split, seed, resize, size },
  }
}
