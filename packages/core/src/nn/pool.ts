import { mean, maxPool as poolMax, type Tensor4D } from '@tensorflow/tfjs-core'
import { checkPictures } from './input-shape'
import { type Layer, stateless } from './layer'

/** The largest of each `size` × `size` window, without overlap; a rest at the border falls away. */
export function maxPool(size = 2): Layer {
  return stateless(
    (x) => poolMax(x as Tensor4D, size, size, 'valid'),
    (shape) => {
      checkPictures(shape)
      const [h, w, c] = shape
      return [Math.floor(h! / size), Math.floor(w! / size), c!]
    },
  )
}

/** The mean over space: `[n, h, w, c]` to `[n, c]`. */
export function globalAveragePool(): Layer {
  return stateless(
    (x) => mean(x, [1, 2]),
    ([, , c]) => [c!],
  )
}
