import { KshotError, type Rng, rng } from '@kshot/core'
import { type Augmentation, type AugmentOptions, checkAugment, drawAugmentation } from './augment'
import { badOption, checkSquare } from './checks'
import type { ClassEntry, Dataset } from './dataset'
import { checkDistort, type Distortion, type DistortOptions, drawDistortion } from './distort'
import { checkGroups, groupAt, groupsOf } from './groups'
import { drawShared } from './shared-drawers'

/** A number, or the ends of a range to draw from evenly. */
export type Count = number | { readonly min: number; readonly max: number }

export interface EpisodeOptions {
  /** Classes per episode (N). */
  readonly ways: Count
  /** Support examples per class (K). With `perClass`, each class draws its own number. */
  readonly shots: Count | { readonly min: number; readonly max: number; readonly perClass: true }
  /** Query examples per class (Q). */
  readonly queries: number
  readonly seed: number | string
  /**
   * `group`: all classes of an episode come from one group (an alphabet), as in Lake et al. 2015. Groups
   * appear equally often; those with fewer classes than the largest number of ways are left out.
   */
  readonly within?: 'group'
  /**
   * `shared`: the k-th example of all classes in an episode is by the same drawer, so with one shot one
   * person drew the whole support set and another the queries, as in Lake et al. 2015. Without
   * names of drawers (`dataset.drawer`), the number of an example stands for its drawer, as in
   * Omniglot. Default `own`: each class draws its own.
   */
  readonly drawers?: 'own' | 'shared'
  /** `per-class`: all examples of a class are rotated by the same multiple of 90°, drawn anew for each episode. */
  readonly rotate?: 'none' | 'per-class'
  /** A random distortion of each example. */
  readonly distort?: DistortOptions
  /** Random cuts, mirrored pictures and colours, for training on photos. */
  readonly augment?: AugmentOptions
}

/** One example of an episode. */
export interface Slot {
  /** 0 … ways - 1 */
  readonly label: number
  readonly classIndex: number
  readonly example: number
  readonly quarterTurns: number
  readonly distortion?: Distortion
  readonly augmentation?: Augmentation
}

/** An episode in plain numbers. */
export interface EpisodePlan {
  readonly ways: number
  /** The class behind each label. */
  readonly classes: readonly number[]
  readonly support: readonly Slot[]
  readonly query: readonly Slot[]
}

/**
 * Plans episode number `index`: a function of the options, the sizes of the classes and the index alone.
 *
 * Classes, support and query come from separate generators, support before query, so a change
 * of `queries` changes neither the classes nor the support set.
 */
export function planEpisode(dataset: Dataset, options: EpisodeOptions, index: number): EpisodePlan {
  const random = rng(options.seed).split('episode').split(index)
  const ways = drawCount(options.ways, random.split('ways'))
  const shots = drawShots(options.shots, ways, random.split('shots'))
  const drawn = sharesNames(dataset, options)
    ? drawShared(dataset, wantedOf(dataset, options, ways, index), random)
    : undefined
  const classes = drawn?.classes ?? drawClasses(dataset, options, ways, index)
  const support: Slot[] = []
  const query: Slot[] = []
  for (const [label, classIndex] of classes.entries()) {
    const own = random.split('class').split(label)
    const whose = options.drawers === 'shared' ? random : own
    const order =
      drawn?.examples(classIndex) ??
      whose.split('examples').permutation(dataset.classes[classIndex]!.size)
    const quarterTurns = options.rotate === 'per-class' ? own.split('rotation').integer(4) : 0
    const slot = (k: number): Slot => ({
      label,
      classIndex,
      example: order[k]!,
      quarterTurns,
      ...(options.distort && {
        distortion: drawDistortion(own.split('distortion').split(k), options.distort),
      }),
      ...(options.augment && {
        augmentation: drawAugmentation(own.split('augmentation').split(k), options.augment),
      }),
    })
    for (let k = 0; k < shots[label]!; k++) support.push(slot(k))
    // Queries lie behind the largest possible support set, wherever this one ends.
    const from = largest(options.shots)
    for (let k = 0; k < options.queries; k++) query.push(slot(from + k))
  }
  return {
    ways,
    classes,
    support: shuffled(support, random.split('support order')),
    query: shuffled(query, random.split('query order')),
  }
}

function drawClasses(
  dataset: Dataset,
  options: EpisodeOptions,
  ways: number,
  index: number,
): number[] {
  const ofClasses = rng(options.seed).split('episode').split(index).split('classes')
  const classes = classesToDraw(dataset, options, index)
  if (!classes) return ofClasses.sample(dataset.classes.length, ways)
  return ofClasses.sample(classes.length, ways).map((i) => classes[i]!)
}

/** The classes of the group that episode `index` is of; undefined: all. */
function classesToDraw(
  dataset: Dataset,
  { seed, within, ways }: EpisodeOptions,
  index: number,
): readonly number[] | undefined {
  if (within !== 'group') return undefined
  return groupAt(groupsOf(dataset, largest(ways)), rng(seed).split('episode'), index).classes
}

/** Whether drawers have names, and an episode shares them. */
function sharesNames({ drawer }: Dataset, { drawers }: EpisodeOptions): boolean {
  return drawers === 'shared' && drawer !== undefined
}

function wantedOf(dataset: Dataset, options: EpisodeOptions, ways: number, index: number) {
  const among = classesToDraw(dataset, options, index)
  return { among, ways, drawers: largest(options.shots) + options.queries }
}

/**
 * Checks that the data set has what the episodes need.
 * @throws `episodes/bad-option`, `episodes/too-few-classes`, `episodes/class-too-small`
 */
export function checkEpisodes(dataset: Dataset, options: EpisodeOptions): void {
  const { classes, shape } = dataset
  const { ways, shots, queries, rotate, distort, augment, within, drawers } = options
  checkCount('ways', ways, 1)
  checkCount('shots', shots, 1)
  checkCount('queries', queries, 0)
  if (rotate === 'per-class') checkSquare(shape)
  if (distort) checkDistort(distort, shape)
  if (augment) checkAugment(augment, shape)
  if (classes.length < largest(ways)) {
    throw new KshotError('episodes/too-few-classes', {
      got: `a data set of ${classes.length} classes for ${largest(ways)}-way episodes`,
      expected: `at least ${largest(ways)} classes`,
      remedy: 'Use fewer ways, or a larger data set',
    })
  }
  if (within === 'group') checkGroups({ classes }, largest(ways))
  if (drawers === 'shared' && !dataset.drawer) checkSameSizes(classes)
  const needed = largest(shots) + queries
  const small = classes.filter(({ size }) => size < needed)
  if (small.length > 0) throw tooSmall(small, needed, largest(shots), queries)
  if (sharesNames(dataset, options)) checkShared(dataset, options)
}

/** That drawers are found among all classes, or among those of each group. */
function checkShared(dataset: Dataset, options: EpisodeOptions): void {
  const ways = largest(options.ways)
  const rounds = options.within === 'group' ? groupsOf(dataset, ways).length : 1
  for (let index = 0; index < rounds; index++) {
    drawShared(dataset, wantedOf(dataset, options, ways, index), rng('check').split(index))
  }
}

export function largest(count: Count): number {
  return typeof count === 'number' ? count : count.max
}

function checkSameSizes(classes: readonly ClassEntry[]): void {
  const [first] = classes
  const other = classes.find(({ size }) => size !== first!.size)
  if (!other) return
  throw badOption(
    `shared drawers for classes of ${first!.size} ('${first!.id}') and ${other.size} examples ('${other.id}')`,
    'the same number of examples in all classes, in the order of their drawers',
    'Leave drawers out, or the classes that lack a drawer, or name the drawer of each example (dataset.drawer)',
  )
}

function tooSmall(
  small: readonly ClassEntry[],
  needed: number,
  shots: number,
  queries: number,
): KshotError {
  const { id, size } = small[0]!
  const others = small.length > 1 ? `, and ${small.length - 1} more classes with too few` : ''
  return new KshotError('episodes/class-too-small', {
    got: `the class '${id}' with ${size} examples${others}`,
    expected: `at least ${needed} (${shots} support + ${queries} query)`,
    remedy: `Use fewer shots or queries, add examples, or leave small classes out with minImages: ${needed} (pictures) or minExamples: ${needed} (tables)`,
  })
}

function checkCount(name: string, count: Count, min: number): void {
  const ends = typeof count === 'number' ? [count] : [count.min, count.max]
  if (ends.every((n) => Number.isInteger(n) && n >= min) && ends[0]! <= ends.at(-1)!) return
  throw badOption(
    `${name}: ${JSON.stringify(count)}`,
    `an integer of at least ${min}, or { min, max }`,
    `Pass ${name} such as 5`,
  )
}

function drawCount(count: Count, random: Rng): number {
  return typeof count === 'number' ? count : count.min + random.integer(count.max - count.min + 1)
}

function drawShots(shots: EpisodeOptions['shots'], ways: number, random: Rng): number[] {
  if (typeof shots === 'object' && 'perClass' in shots) {
    return Array.from({ length: ways }, (_, label) => drawCount(shots, random.split(label)))
  }
  return Array<number>(ways).fill(drawCount(shots, random))
}

function shuffled<T>(items: readonly T[], random: Rng): T[] {
  return random.permutation(items.length).map((i) => items[i]!)
}
