import { KshotError, type Rng } from '@kshot/core'
import type { Dataset } from './dataset'

/** The classes of one group: an alphabet, a script. */
export interface Group {
  readonly name: string
  /** Indices into the classes of the data set. */
  readonly classes: readonly number[]
}

/** The groups that have at least `ways` classes, by name. */
export function groupsOf({ classes }: Pick<Dataset, 'classes'>, ways: number): Group[] {
  const groups = new Map<string, number[]>()
  for (const [i, { group }] of classes.entries()) {
    if (group === undefined) continue
    const known = groups.get(group)
    if (known) known.push(i)
    else groups.set(group, [i])
  }
  return [...groups]
    .filter(([, { length }]) => length >= ways)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, classes]) => ({ name, classes }))
}

/**
 * The group of number `index`. All come equally often, whatever their size, as in Lake et al. 2015:
 * each round of as many numbers as there are groups has each group once.
 */
export function groupAt(groups: readonly Group[], random: Rng, index: number): Group {
  const round = Math.floor(index / groups.length)
  const order = random.split('groups').split(round).permutation(groups.length)
  return groups[order[index % groups.length]!]!
}

/** Throws `episodes/too-few-classes` unless a group has so many classes. */
export function checkGroups(dataset: Pick<Dataset, 'classes'>, ways: number): void {
  if (groupsOf(dataset, ways).length > 0) return
  const all = groupsOf(dataset, 1)
  const [largest] = [...all].sort((a, b) => b.classes.length - a.classes.length)
  throw new KshotError('episodes/too-few-classes', {
    got: largest
      ? `${all.length} groups, the largest ('${largest.name}') of ${largest.classes.length} classes, for ${ways} classes of one group`
      : `${dataset.classes.length} classes without a group, for ${ways} classes of one group`,
    expected: `a group of at least ${ways} classes`,
    remedy: 'Use fewer ways, draw from all classes, or name the group of each class',
  })
}
