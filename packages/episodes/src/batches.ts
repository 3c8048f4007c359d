import { type Batch, rng, type TaskSource } from '@kshot/core'
import { type AugmentOptions, checkAugment, drawAugmentation } from './augment'
import { badOption } from './checks'
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
  if (!Number.isInteger(size) || size < 1) {
    throw badOption(
      `size: ${size}`,
      'an integer of at least 1',
      'Pass the number of examples per batch',
    )
  }
  if (distort) checkDistort(distort, dataset.shape)
  if (augment) checkAugment(augment, dataset.shape)
  const all = allSlots(dataset)
  const perEpoch = Math.ceil(all.length / size)
  const ways = dataset.classes.length
  let shuffled = { epoch: -1, order: [] as number[] }
  const draw = (index: number): Batch => {
    const epoch = Math.floor(index / perEpoch)
    if (shuffled.epoch !== epoch) {
      const order = rng(seed).split('epoch').split(epoch).permutation(all.length)
      shuffled = { epoch, order }
    }
    const from = (index % perEpoch) * size
    const random = rng(seed).split('distortion').split(index)
    const vary = rng(seed).split('augmentation').split(index)
    const slots = shuffled.order.slice(from, from + size).map((i, place) => ({
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
