import { KshotError, type PairBatch, type Rng, rng, type TaskSource } from '@kshot/core'
import { dispose, type Tensor, tensor1d } from '@tensorflow/tfjs-core'
import { type AugmentOptions, checkAugment, drawAugmentation } from './augment'
import { checkInteger } from './checks'
import type { Dataset } from './dataset'
import { checkDistort, type DistortOptions, drawDistortion } from './distort'
import { checkGroups, groupsOf } from './groups'
import type { Slot } from './plan'
import { renderBatch } from './render'

export interface PairOptions {
  /** Pairs per batch; half of them (rounded up) are from one class. */
  readonly size: number
  readonly seed: number | string
  readonly distort?: DistortOptions
  readonly augment?: AugmentOptions
  /** `group`: both classes of a pair come from one group (an alphabet), which makes them harder to distinguish. */
  readonly within?: 'group'
}

/**
 * Balanced pairs, as Siamese nets train on (Koch et al. 2015), in random order.
 * @throws `episodes/too-few-classes`, `episodes/class-too-small`, `episodes/bad-option`
 */
export function pairs(dataset: Dataset, options: PairOptions): TaskSource<PairBatch> {
  checkPairs(dataset, options)
  const { size, seed, distort, augment, within } = options
  const drawClasses = within === 'group' ? withinGroups(dataset) : anyTwo(dataset)
  const draw = (index: number): PairBatch => {
    const random = rng(seed).split('pairs').split(index)
    const order = random.split('order').permutation(size)
    const sampled = order.map((i) => {
      const own = random.split(i)
      return drawPair(dataset, drawClasses(own), i % 2 === 0, own, { distort, augment })
    })
    const left = sampled.map(([slot]) => slot)
    const right = sampled.map(([, slot]) => slot)
    return {
      left: images(dataset, left),
      right: images(dataset, right),
      same: tensor1d(
        Int32Array.from(order, (i) => (i % 2 === 0 ? 1 : 0)),
        'int32',
      ),
    }
  }
  return Object.assign(draw, {
    spec: {
      package: '@kshot/episodes',
      export: 'pairSource',
      options: {
        size,
        seed,
        dataset: dataset.spec,
        ...(distort && { distort: { ...distort } }),
        ...(augment && { augment: { ...augment } }),
        ...(within && { within }),
      },
    },
    taskSpec: { inputShape: dataset.shape },
  })
}

function images(dataset: Dataset, slots: Slot[]): Tensor {
  const { x, y } = renderBatch(dataset, slots, 2)
  dispose(y)
  return x
}

/** {@link pairs} with the data set as an option: what a spec calls. */
export function pairSource({ dataset, ...options }: PairOptions & { readonly dataset: Dataset }) {
  return pairs(dataset, options)
}

type TwoClasses = readonly [first: number, second: number]

function anyTwo({ classes }: Dataset): (random: Rng) => TwoClasses {
  return (random) => random.sample(classes.length, 2) as [number, number]
}

/** The first is any class with others in its group, the second one of these. */
function withinGroups(dataset: Dataset): (random: Rng) => TwoClasses {
  const places = groupsOf(dataset, 2).flatMap(({ classes }) =>
    classes.map((_, place) => ({ classes, place })),
  )
  return (random) => {
    const { classes, place } = places[random.integer(places.length)]!
    const other = random.integer(classes.length - 1)
    return [classes[place]!, classes[other < place ? other : other + 1]!]
  }
}

function drawPair(
  { classes }: Dataset,
  [first, second]: TwoClasses,
  same: boolean,
  random: Rng,
  {
    distort,
    augment,
  }: {
    readonly distort: DistortOptions | undefined
    readonly augment: AugmentOptions | undefined
  },
): [Slot, Slot] {
  const slot = (classIndex: number, example: number, side: string): Slot => ({
    label: 0,
    classIndex,
    example,
    quarterTurns: 0,
    ...(distort && { distortion: drawDistortion(random.split(side), distort) }),
    ...(augment && {
      augmentation: drawAugmentation(random.split('augmentation').split(side), augment),
    }),
  })
  if (same) {
    const [a, b] = random.sample(classes[first]!.size, 2) as [number, number]
    return [slot(first, a, 'left'), slot(first, b, 'right')]
  }
  const example = (c: number) => random.integer(classes[c]!.size)
  return [slot(first, example(first), 'left'), slot(second, example(second), 'right')]
}

function checkPairs(dataset: Dataset, { size, distort, augment, within }: PairOptions): void {
  checkClasses(dataset)
  checkInteger('size', size)
  if (within === 'group') checkGroups(dataset, 2)
  if (distort) checkDistort(distort, dataset.shape)
  if (augment) checkAugment(augment, dataset.shape)
}

function checkClasses({ classes }: Dataset): void {
  if (classes.length < 2) {
    throw new KshotError('episodes/too-few-classes', {
      got: `a data set of ${classes.length} classes`,
      expected: 'at least 2, for pairs of two classes',
      remedy: 'Use a larger data set',
    })
  }
  const small = classes.find(({ size }) => size < 2)
  if (!small) return
  throw new KshotError('episodes/class-too-small', {
    got: `the class '${small.id}' with ${small.size} examples`,
    expected: 'at least 2, for pairs of one class',
    remedy: 'Add examples, or leave the class out',
  })
}
