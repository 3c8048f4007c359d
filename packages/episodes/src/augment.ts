import type { Rng } from '@kshot/core'
import { checkOptions, options as optionsOf } from '@kshot/core/options'
import {
  add,
  clipByValue,
  matMul,
  mean,
  mul,
  reshape,
  sub,
  type Tensor,
  tensor,
  tidy,
  transpose,
} from '@tensorflow/tfjs-core'
import { augmentOptions } from './augment-options'
import { badOption } from './checks'

const augmentSchema = optionsOf({ augment: augmentOptions })

/** How photos may be varied while a learner is trained; each number is a largest value. */
export interface AugmentOptions {
  /** Mirrors a picture or leaves it, as often. Default false. */
  readonly flip?: boolean
  /** The largest share of each side that is cut away; what is left fills the picture again. */
  readonly crop?: number
  /** Added to all channels, in ± of it, of values from 0 to 1. */
  readonly brightness?: number
  /** A share: 0.2 is 0.8 to 1.2 times the distance from the picture's mean. */
  readonly contrast?: number
  /** A share of the distance from grey. */
  readonly saturation?: number
}

/** What happens to one picture. */
export interface Augmentation {
  /** Of the height: where the cut begins, and its share. */
  readonly rows: readonly [from: number, share: number]
  readonly columns: readonly [from: number, share: number]
  readonly flip: boolean
  readonly brightness: number
  readonly contrast: number
  readonly saturation: number
}

/** Throws `episodes/bad-option` when a number is out of bounds or examples are no pictures. */
export function checkAugment(options: AugmentOptions, shape: readonly number[]): void {
  if (shape.length !== 3) {
    throw badOption(`augment for examples of shape [${shape}]`, 'pictures', 'Leave augment out')
  }
  checkOptions('episodes/bad-option', 'episodes', augmentSchema, { augment: options })
}

export function drawAugmentation(random: Rng, options: AugmentOptions): Augmentation {
  const { flip = false, crop = 0, brightness = 0, contrast = 0, saturation = 0 } = options
  const part = (): [number, number] => {
    const share = 1 - crop * random.uniform()
    return [random.uniform() * (1 - share), share]
  }
  const within = (largest: number) => (2 * random.uniform() - 1) * largest
  return {
    rows: part(),
    columns: part(),
    flip: random.uniform() < 0.5 && flip,
    brightness: within(brightness),
    contrast: 1 + within(contrast),
    saturation: 1 + within(saturation),
  }
}

/**
 * Pictures `[n, h, w, c]` in 0 … 1, each with its own augmentation: cut and mirrored, then with another
 * saturation, contrast and brightness. Cutting is one product of matrices for all rows, and one for all
 * columns, so every backend has it.
 */
export function augmented<T extends Tensor>(x: T, each: readonly Augmentation[]): T {
  const [n, height, width, channels] = x.shape as [number, number, number, number]
  return tidy(() => {
    const down = sampler(
      each.map(({ rows }) => ({ part: rows, flip: false })),
      height,
    )
    const across = sampler(
      each.map(({ columns, flip }) => ({ part: columns, flip })),
      width,
    )
    const rows = matMul(down, reshape(x, [n, height, width * channels]))
    const turned = transpose(reshape(rows, [n, height, width, channels]), [0, 2, 1, 3])
    const columns = matMul(across, reshape(turned, [n, width, height * channels]))
    const cut = transpose(reshape(columns, [n, width, height, channels]), [0, 2, 1, 3])
    const of = (name: 'brightness' | 'contrast' | 'saturation') =>
      tensor(
        Float32Array.from(each, (one) => one[name]),
        [n, 1, 1, 1],
      )
    const grey = mean(cut, 3, true)
    const coloured = add(grey, mul(sub(cut, grey), of('saturation')))
    const middle = mean(coloured, [1, 2, 3], true)
    const contrasted = add(middle, mul(sub(coloured, middle), of('contrast')))
    return clipByValue(add(contrasted, of('brightness')), 0, 1) as T
  })
}

/** Matrices `[n, size, size]` that sample a part of `size` places at `size` places, between two linearly. */
function sampler(
  each: readonly { readonly part: readonly [number, number]; readonly flip: boolean }[],
  size: number,
): Tensor {
  const weights = new Float32Array(each.length * size * size)
  for (const [
    i,
    {
      part: [from, share],
      flip,
    },
  ] of each.entries()) {
    for (let k = 0; k < size; k++) {
      const at = Math.min(size - 1, Math.max(0, (from + ((k + 0.5) * share) / size) * size - 0.5))
      const low = Math.floor(at)
      const row = (i * size + (flip ? size - 1 - k : k)) * size
      weights[row + low] = 1 - (at - low)
      if (low < size - 1) weights[row + low + 1] = at - low
    }
  }
  return tensor(weights, [each.length, size, size])
}
