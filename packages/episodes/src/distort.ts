import type { Rng } from '@kshot/core'
import { checkOptions, distort, options as optionsOf } from '@kshot/core/options'
import { badOption } from './checks'

const distortSchema = optionsOf({ distort })

/** How far an image may be distorted; each number is a maximum, drawn uniformly from ± that value. */
export interface DistortOptions {
  /** Degrees. */
  readonly rotation?: number
  /** Horizontal and vertical shear, as a slope. */
  readonly shear?: number
  /** Fraction by which each axis may grow or shrink: 0.2 means 0.8 to 1.2. */
  readonly scale?: number
  /** Pixels. */
  readonly shift?: number
  /** How to interpolate between pixels; nearest keeps black and white without greys. */
  readonly sampling?: Sampling
}

type Sampling = 'bilinear' | 'nearest'

/** An affine map from output to input coordinates about the centre: [a, b, tx, c, d, ty]. */
export type Affine = readonly [number, number, number, number, number, number]

/** What happens to one image. */
export interface Distortion {
  readonly map: Affine
  readonly sampling: Sampling
}

/** Throws `episodes/bad-option` when a number is out of bounds or examples are no images. */
export function checkDistort(options: DistortOptions, shape: readonly number[]): void {
  if (shape.length !== 2 && shape.length !== 3) {
    throw badOption(`distort for examples of shape [${shape}]`, 'images', 'Leave distort out')
  }
  checkOptions('episodes/bad-option', 'episodes', distortSchema, { distort: options })
}

/** Draws a distortion: scale, then shear, then rotation, then shift. */
export function drawDistortion(random: Rng, options: DistortOptions): Distortion {
  const within = (largest = 0) => (2 * random.uniform() - 1) * largest
  const angle = (within(options.rotation) * Math.PI) / 180
  const [shearX, shearY] = [within(options.shear), within(options.shear)]
  const [scaleX, scaleY] = [1 + within(options.scale), 1 + within(options.scale)]
  const [shiftX, shiftY] = [within(options.shift), within(options.shift)]
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)]
  // forward = rotation · shear · scale
  const m00 = (cos - sin * shearY) * scaleX
  const m01 = (cos * shearX - sin) * scaleY
  const m10 = (sin + cos * shearY) * scaleX
  const m11 = (sin * shearX + cos) * scaleY
  const determinant = m00 * m11 - m01 * m10
  const [a, b, c, d] = [m11, -m01, -m10, m00].map((v) => v / determinant) as [
    number,
    number,
    number,
    number,
  ]
  const map: Affine = [a, b, -(a * shiftX + b * shiftY), c, d, -(c * shiftX + d * shiftY)]
  return { map, sampling: options.sampling ?? 'bilinear' }
}

/** Resamples an image `[h, w, channels]` in place; what comes from outside is 0. */
export function applyDistortion(
  target: Float32Array,
  offset: number,
  [height, width, channels]: readonly [number, number, number],
  { map: [a, b, tx, c, d, ty], sampling }: Distortion,
): void {
  const source = target.slice(offset, offset + height * width * channels)
  const at = (row: number, column: number, k: number) =>
    row < 0 || column < 0 || row >= height || column >= width
      ? 0
      : source[(row * width + column) * channels + k]!
  const place = sampling === 'nearest' ? Math.round : (v: number) => v
  const [cx, cy] = [(width - 1) / 2, (height - 1) / 2]
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const x = place(a * (column - cx) + b * (row - cy) + tx + cx)
      const y = place(c * (column - cx) + d * (row - cy) + ty + cy)
      const [x0, y0] = [Math.floor(x), Math.floor(y)]
      const [fx, fy] = [x - x0, y - y0]
      for (let k = 0; k < channels; k++) {
        const top = at(y0, x0, k) * (1 - fx) + at(y0, x0 + 1, k) * fx
        const bottom = at(y0 + 1, x0, k) * (1 - fx) + at(y0 + 1, x0 + 1, k) * fx
        target[offset + (row * width + column) * channels + k] = top * (1 - fy) + bottom * fy
      }
    }
  }
}
