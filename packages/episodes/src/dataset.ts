import { KshotError, type Spec } from '@kshot/core'
import { badOption, checkSquare } from './checks'
import type { Understood } from './understood'

/** A class of a data set. */
export interface ClassEntry {
  /** The same in every process, for example `Korean/character07/rot90`. */
  readonly id: string
  /** What the class belongs to: an alphabet, a script. Rotated by 90°: `Korean/rot90`. */
  readonly group?: string
  /** Number of examples. */
  readonly size: number
}

/** Labelled examples by class, read synchronously. */
export interface Dataset {
  /** How to rebuild it. */
  readonly spec: Spec
  /** Shape of one example, for example `[28, 28, 1]`. */
  readonly shape: readonly number[]
  readonly classes: readonly ClassEntry[]
  /** Writes one example into `target` at `offset`, as floats; ink = 1 for characters. */
  read(classIndex: number, example: number, target: Float32Array, offset: number): void
  /** What an encoder takes, if that says more than the numbers: a text, the path of a picture. */
  source?(classIndex: number, example: number): string
  /** Where an example comes from, for people: a line of a table. */
  place?(classIndex: number, example: number): string
  /** Who made an example, for episodes with shared drawers. */
  drawer?(classIndex: number, example: number): string
}

/** Data sets that share no class. */
export interface Splits {
  readonly train: Dataset
  readonly validation: Dataset
  readonly test: Dataset
  /** The data itself assigns classes to splits; otherwise a seed assigned them. */
  readonly given?: boolean
  /** How a user's files were read: what was used, and what was left out. */
  readonly understood?: Understood
}

/** How many numbers one example has. */
export function exampleSize({ shape }: Dataset): number {
  return shape.reduce((product, n) => product * n, 1)
}

/** The classes that `keep` accepts, as a separate data set. */
export function subset(
  dataset: Dataset,
  spec: Spec,
  keep: (entry: ClassEntry, index: number) => boolean,
): Dataset {
  const indices = dataset.classes.flatMap((entry, i) => (keep(entry, i) ? [i] : []))
  return {
    ...dataset,
    spec,
    classes: indices.map((i) => dataset.classes[i]!),
    read: (c, example, target, offset) => dataset.read(indices[c]!, example, target, offset),
    ...(dataset.source && { source: (c, example) => dataset.source!(indices[c]!, example) }),
    ...(dataset.place && { place: (c, example) => dataset.place!(indices[c]!, example) }),
    ...(dataset.drawer && { drawer: (c, example) => dataset.drawer!(indices[c]!, example) }),
  }
}

/**
 * The classes of both data sets, for example to train on train and validation.
 * @throws `episodes/splits-overlap`, `episodes/bad-option` when shapes differ
 */
export function concatenate(a: Dataset, b: Dataset): Dataset {
  if (a.shape.join() !== b.shape.join()) {
    throw badOption(
      `data sets of shapes [${a.shape}] and [${b.shape}]`,
      'examples of one shape',
      'Load both with the same size and channels',
    )
  }
  assertDisjoint({ first: a, second: b })
  const n = a.classes.length
  return {
    spec: { package: '@kshot/episodes', export: 'concatenated', options: { a: a.spec, b: b.spec } },
    shape: a.shape,
    classes: [...a.classes, ...b.classes],
    read: (c, example, target, offset) =>
      c < n ? a.read(c, example, target, offset) : b.read(c - n, example, target, offset),
    ...(a.source &&
      b.source && {
        source: (c, example) => (c < n ? a.source!(c, example) : b.source!(c - n, example)),
      }),
    ...(a.drawer &&
      b.drawer && {
        drawer: (c, example) => (c < n ? a.drawer!(c, example) : b.drawer!(c - n, example)),
      }),
  }
}

/** {@link concatenate} with both data sets as options: what a spec calls. */
export function concatenated({ a, b }: { readonly a: Dataset; readonly b: Dataset }): Dataset {
  return concatenate(a, b)
}

/**
 * Each class four times, rotated by 0°, 90°, 180° and 270° counter-clockwise, as separate classes
 * (Santoro et al. 2016). A rotated group is a separate group.
 * @throws `episodes/bad-option` unless examples are square images
 */
export function rotations(dataset: Dataset): Dataset {
  checkSquare(dataset.shape)
  const n = dataset.classes.length
  const side = dataset.shape[0]!
  const turned = (degrees: number) => {
    const rotatedName = (name: string) => (degrees === 0 ? name : `${name}/rot${degrees}`)
    return dataset.classes.map((entry) => ({
      ...entry,
      id: rotatedName(entry.id),
      ...(entry.group !== undefined && { group: rotatedName(entry.group) }),
    }))
  }
  return {
    spec: { package: '@kshot/episodes', export: 'rotated', options: { dataset: dataset.spec } },
    shape: dataset.shape,
    classes: [0, 90, 180, 270].flatMap(turned),
    read(c, example, target, offset) {
      if (c >= 4 * n) throw new RangeError(`there is no class ${c} among ${4 * n}`)
      dataset.read(c % n, example, target, offset)
      turn(target, offset, side, dataset.shape[2] ?? 1, Math.floor(c / n))
    },
    ...(dataset.drawer && { drawer: (c, example) => dataset.drawer!(c % n, example) }),
  }
}

/** {@link rotations} with the data set as an option: what a spec calls. */
export function rotated({ dataset }: { readonly dataset: Dataset }): Dataset {
  return rotations(dataset)
}

/** Turns a square image in place by quarter turns, counter-clockwise. */
export function turn(
  target: Float32Array,
  offset: number,
  side: number,
  channels: number,
  quarters: number,
): void {
  if (quarters % 4 === 0) return
  const source = target.slice(offset, offset + side * side * channels)
  const [start, down, right] = strides(side, quarters % 4)
  let at = offset
  for (let row = 0; row < side; row++) {
    let from = (start + row * down) * channels
    for (let column = 0; column < side; column++, from += right * channels) {
      target[at++] = source[from]!
      for (let k = 1; k < channels; k++) target[at++] = source[from + k]!
    }
  }
}

/** Where a turned image begins in its original, and how far it moves there a row and a column. */
function strides(side: number, quarters: number): readonly [number, number, number] {
  const last = side - 1
  if (quarters === 1) return [last, -1, side]
  if (quarters === 2) return [last * side + last, -side, -1]
  return [last * side, 1, -side]
}

/**
 * Checks that no class is in two splits; rotations of one class count as that class.
 * @throws `episodes/splits-overlap` naming the class and both splits
 */
export function assertDisjoint<
  T extends { readonly [split: string]: { readonly classes: readonly { readonly id: string }[] } },
>(splits: T): T {
  const seen = new Map<string, string>()
  for (const [name, { classes }] of Object.entries(splits)) {
    const ids = new Set(classes.map(({ id }) => id.replace(/\/rot\d+$/, '')))
    for (const id of ids) {
      const other = seen.get(id)
      if (other) throw overlap(id, other, name)
      seen.set(id, name)
    }
  }
  return splits
}

function overlap(id: string, first: string, second: string): KshotError {
  return new KshotError('episodes/splits-overlap', {
    got: `the class '${id}' in ${first} and in ${second}`,
    expected: 'splits that share no class',
    remedy: 'Leave it out of one of them: a test on classes seen in training proves nothing',
  })
}
