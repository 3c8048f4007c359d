import type { Batch } from '@kshot/core'
import { type Tensor, tensor, tensor1d } from '@tensorflow/tfjs-core'
import { type Augmentation, augmented } from './augment'
import { type Dataset, exampleSize, turn } from './dataset'
import { applyDistortion } from './distort'
import type { Slot } from './plan'

/** Writes what a slot shows: the example, turned, then distorted. */
export function renderSlot(
  dataset: Dataset,
  slot: Slot,
  target: Float32Array,
  offset: number,
): void {
  const [height, width = 1, channels = 1] = dataset.shape as [number, number?, number?]
  dataset.read(slot.classIndex, slot.example, target, offset)
  turn(target, offset, height, channels, slot.quarterTurns)
  if (slot.distortion) {
    applyDistortion(target, offset, [height, width, channels], slot.distortion)
  }
}

/** The tensors of a support or query set: x `[n, ...shape]`, y int32 `[n]`. */
export function renderBatch(dataset: Dataset, slots: readonly Slot[], ways: number): Batch {
  const size = exampleSize(dataset)
  const x = new Float32Array(slots.length * size)
  for (const [i, slot] of slots.entries()) renderSlot(dataset, slot, x, i * size)
  const pictures = tensor(x, [slots.length, ...dataset.shape], 'float32')
  const each = slots.flatMap(({ augmentation }) => augmentation ?? [])
  return {
    x: each.length > 0 ? varied(pictures, each) : pictures,
    y: tensor1d(
      Int32Array.from(slots, ({ label }) => label),
      'int32',
    ),
    ways,
  }
}

function varied(pictures: Tensor, each: readonly Augmentation[]): Tensor {
  const result = augmented(pictures, each)
  pictures.dispose()
  return result
}
