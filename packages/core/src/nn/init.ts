import { type Tensor, tensor } from '@tensorflow/tfjs-core'
import { KshotError } from '../errors'
import type { Rng } from '../random'

/**
 * How a weight is drawn.
 * - `torch`: uniform in ±1/√fanIn, PyTorch's default for weights and biases
 * - `glorot`: uniform in ±√(6 / (fanIn + fanOut)) (Glorot & Bengio 2010, eq. 16)
 * - `zeros`
 * - `{ normal: σ, mean: μ }`; μ is 0 where it is not given
 */
export type Initializer =
  | 'torch'
  | 'glorot'
  | 'zeros'
  | { readonly normal: number; readonly mean?: number }

export interface Fan {
  readonly in: number
  readonly out: number
}

/** More in one weight is no net for few shots, but a mistake that would fill the memory. */
const MOST_NUMBERS = 2 ** 26

/**
 * Draws a weight; the same seed gives the same bytes.
 * @throws `core/too-large`
 */
export function drawWeight(rng: Rng, shape: readonly number[], fan: Fan, how: Initializer): Tensor {
  const size = shape.reduce((product, n) => product * n, 1)
  if (size > MOST_NUMBERS) throw tooLarge(shape)
  return tensor(Float32Array.from({ length: size }, sampler(rng, fan, how)), [...shape], 'float32')
}

function sampler(rng: Rng, fan: Fan, how: Initializer): () => number {
  if (how === 'zeros') return () => 0
  if (how === 'torch') return uniform(rng, 1 / Math.sqrt(fan.in))
  if (how === 'glorot') return uniform(rng, Math.sqrt(6 / (fan.in + fan.out)))
  if (typeof how === 'object' && how.normal >= 0) {
    const { normal, mean = 0 } = how
    return () => mean + normal * rng.normal()
  }
  throw new KshotError('core/bad-option', {
    got: `the initializer ${JSON.stringify(how)}`,
    expected: "'torch', 'glorot', 'zeros', { normal: standardDeviation } or { normal, mean }",
    remedy: 'Choose one of these',
  })
}

function tooLarge(shape: readonly number[]): KshotError {
  return new KshotError('core/too-large', {
    got: `a weight of shape [${shape.join(', ')}]`,
    expected: `at most ${MOST_NUMBERS} numbers in one weight`,
    remedy: 'Use fewer filters, units or classes, or smaller examples',
  })
}

function uniform(rng: Rng, bound: number): () => number {
  return () => (2 * rng.uniform() - 1) * bound
}
