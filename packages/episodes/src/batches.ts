import { type Batch, rng, type TaskSource } from '@kshot/core'
import { type AugmentOptions, checkAugment, drawAugmentation } from './augment'
import { checkInteger } from './checks'
import type { Dataset } from './dataset'
import { checkDistort, type DistortOptions, drawDistortion } from './distort'
import type { Slot } from './plan'
import { renderBatch } from './render'

export interface BatchOptions {
  /** Examples per batch. */
  readonly size: number
  readonly seed: number | string
  readonly distort?: DistortOptions
  readonly augment?: AugmentOptions
}

/**
 * Batches over all classes, for training that is not episodes; labels are indices of classes.
 * Each epoch is a permutation of all examples; the last batch of an epoch may be smaller.
 * @throws `episodes/bad-option`
 */
export function batches(
  dataset: Dataset,
  { size, seed, distort, augment }: BatchOptions,
): TaskSource<Batch> {
  checkInteger('size', size)
  if (distort) checkDistort(distort, dataset.shape)
  if (augment) checkAugment(augment, dataset.shape)
  const all = allSlots(dataset)
  const perEpoch = Math.ceil(all.length / size)
  const ways = dataset.classes.length
  const orderOf = epochs(seed, all.length)
  const draw = (index: number): Batch => {
    const order = orderOf(Math.floor(index / perEpoch))
    const from = (index % perEpoch) * size
    const random = rng(seed).split('distortion').split(index)
    const vary = rng(seed).split('augmentation').split(index)
    const slots = order.slice(from, from + size).map((i, place) => ({
      ...all[i]!,
      ...(distort && { distortion: drawDistortion(random.split(place), distort) }),
      ...(augment && { augmentation: drawAugmentation(vary.split(place), augment) }),
    }))
    return renderBatch(dataset, slots, ways)
  }
  return Object.assign(draw, {
    spec: {
      package: '@kshot/episodes',
      export: 'batchSource',
      options: {
        size,
        seed,
        dataset: dataset.spec,
        ...(distort && { distort: { ...distort } }),
        ...(augment && { augment: { ...augment } }),
      },
    },
    taskSpec: { inputShape: dataset.shape, ways },
  })
}

/** {@link batches} with the data set as an option: what a spec calls. */
export function batchSource({ dataset, ...options }: BatchOptions & { readonly dataset: Dataset }) {
  return batches(dataset, options)
}

/** The permutation of an epoch; that of the last one asked for is kept. */
function epochs(seed: number | string, length: number): (epoch: number) => readonly number[] {
  let last = { epoch: -1, order: [] as number[] }
  return (epoch) => {
    if (last.epoch !== epoch) {
      last = { epoch, order: rng(seed).split('epoch').split(epoch).permutation(length) }
    }
    return last.order
  }
}

function allSlots({ classes }: Dataset): Slot[] {
  return classes.flatMap(({ size }, classIndex) =>
    Array.from({ length: size }, (_, example) => ({
      label: classIndex,
      classIndex,
      example,
      quarterTurns: 0,
    })),
  )
}
