import { type Tensor, tensor } from '@tensorflow/tfjs-core'
import type { Rng } from './random'

/**
 * Turns numbers drawn by plain code into a tensor. Learners draw this way in `loss` and `adapt`: if all tasks of a
 * meta-batch run at once, each gets numbers from its own generator.
 * @param draw returns as many numbers as `shape` holds
 * @example const order = drawTensor(ctx.rng, [n], 'int32', (rng) => rng.permutation(n))
 */
export function drawTensor(
  rng: Rng,
  shape: readonly number[],
  dtype: 'float32' | 'int32',
  draw: (rng: Rng) => readonly number[],
): Tensor {
  if (rng.drawTensor) return rng.drawTensor(shape, dtype, draw)
  return tensor(draw(rng) as number[], [...shape], dtype)
}
