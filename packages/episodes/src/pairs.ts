import { KshotError, type PairBatch, type Rng, rng, type TaskSource } from '@kshot/core'
import { dispose, type Tensor, tensor1d } from '@tensorflow/tfjs-core'
import { checkInteger } from './checks'
import type { Dataset } from './dataset'
import { checkDistort, type DistortOptions, drawDistortion } from './distort'
import type { Slot } from './plan'
import { renderBatch } from './render'

export interface PairOptions {
  /** Pairs a batch; half of them (rounded up) show one class. */
  readonly size: number
  readonly seed: number | string
  readonly distort?: DistortOptions
}

/**
 * Balanced pairs, as Siamese nets train on (Koch et al. 2015), in random order.
 * @throws `episodes/too-few-classes`, `episodes/class-too-small`, `episodes/bad-option`
 */
export function pairs(dataset: Dataset, options: PairOptions): TaskSource<PairBatch> {
  checkPairs(dataset)
  const { size, seed, distort } = options
  checkInteger('size', size)
  if (distort) checkDistort(distort, dataset.shape)
  const draw = (index: number): PairBatch => {
    const random = rng(seed).split('pairs').split(index)
    const order = random.split('order').permutation(size)
    const drawn = order.map((i) => drawPair(dataset, i % 2 === 0, random.split(i), distort))
    return {
      left: images(drawn.map(([left]) => left)),
      right: images(drawn.map(([, right]) => right)),
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
      options: { size, seed, dataset: dataset.spec, ...(distort && { distort: { ...distort } }) },
    },
    taskSpec: { inputShape: dataset.shape },
  })

  function images(slots: Slot[]): Tensor {
    const { x, y } = renderBatch(dataset, slots, 2)
    dispose(y)
    return x
  }
}

/** {@link pairs} with the data set among the options: what a spec calls. */
export function pairSource({ dataset, ...options }: PairOptions & { readonly dataset: Dataset }) {
  return pairs(dataset, options)
}

function drawPair(
  { classes }: Dataset,
  same: boolean,
  random: Rng,
  distort?: DistortOptions,
): [Slot, Slot] {
  const [first, second] = random.sample(classes.length, 2) as [number, number]
  const slot = (classIndex: number, example: number, side: string): Slot => ({
    label: 0,
    classIndex,
    example,
    quarterTurns: 0,
    ...(distort && { distortion: drawDistortion(random.split(side), distort) }),
  })
  if (same) {
    const [a, b] = random.sample(classes[first]!.size, 2) as [number, number]
    return [slot(first, a, 'left'), slot(first, b, 'right')]
  }
  const example = (c: number) => random.integer(classes[c]!.size)
  return [slot(first, example(first), 'left'), slot(second, example(second), 'right')]
}

function checkPairs({ classes }: Dataset): void {
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
