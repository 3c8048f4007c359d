import { reshape } from '@tensorflow/tfjs-core'
import { type Layer, stateless } from './layer'

/** One row per example: `[n, ...shape]` to `[n, size]`, row-major (h, w, c). */
export function flatten(): Layer {
  const size = (shape: readonly number[]) => shape.reduce((product, n) => product * n, 1)
  return stateless(
    (x) => reshape(x, [x.shape[0]!, size(x.shape.slice(1))]),
    (shape) => [size(shape)],
  )
}
