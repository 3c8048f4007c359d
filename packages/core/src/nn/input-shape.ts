import { KshotError } from '../errors'
import { type Layer, outputShapeOf } from './layer'

/** Larger nets are for no pictures that people have. */
const LARGEST_SIDE = 1024

/**
 * Throws where examples are too small for layers one after the other: a convolution or a max-pool would
 * have nothing left to see.
 * @throws `core/input-too-small` naming the smallest side that fits, `core/wrong-shape`
 */
export function checkInputShape(layers: readonly Layer[], shape: readonly number[]): void {
  if (fits(layers, shape)) return
  const smallest = smallestSide(layers, shape)
  throw new KshotError('core/input-too-small', {
    got: `examples of shape [${shape.join(', ')}]`,
    expected: smallest
      ? `pictures of at least ${smallest} × ${smallest} for this net`
      : 'examples large enough for every layer',
    remedy: smallest
      ? `Load them at a larger size, for example size: [${smallest}, ${smallest}], or use fewer blocks or an mlp`
      : 'Use a net that fits the examples, such as an mlp',
  })
}

function fits(layers: readonly Layer[], shape: readonly number[]): boolean {
  let current = shape
  for (const layer of layers) {
    current = outputShapeOf(layer, current)
    if (!current.every((n) => n >= 1)) return false
  }
  return true
}

function smallestSide(layers: readonly Layer[], shape: readonly number[]): number | undefined {
  if (shape.length !== 3) return undefined
  for (let side = 1; side <= LARGEST_SIDE; side++) {
    if (fits(layers, [side, side, shape[2]!])) return side
  }
  return undefined
}

/**
 * Throws unless a shape is that of pictures.
 * @throws `core/wrong-shape`
 */
export function checkPictures(shape: readonly number[]): void {
  if (shape.length === 3) return
  throw new KshotError('core/wrong-shape', {
    got: `examples of shape [${shape.join(', ')}]`,
    expected: 'pictures, [height, width, channels], for a convolutional net',
    remedy: 'Use a net for vectors, such as mlp(), or reshape the examples',
  })
}

/**
 * Throws where a layer's weights are for another number of inputs.
 * @throws `core/wrong-shape`
 */
export function checkInputs(what: string, expected: number, got: number): void {
  if (expected === got) return
  throw new KshotError('core/wrong-shape', {
    got: `${got} ${what} per example`,
    expected: `${expected}, as when the net was built or trained`,
    remedy: 'Load the examples with the size and channels it was trained on',
  })
}
