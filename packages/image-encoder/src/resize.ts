import { SIDE } from './net'

/** A picture as rows of pixels, bytes whatever the array holds. */
export interface Pixels {
  readonly width: number
  readonly height: number
  readonly channels: 1 | 3
  readonly data: ArrayLike<number>
}

/**
 * The middle of a picture at the net's size, `[224, 224, 3]`, (byte − 127) / 128: its shorter side is
 * resized to 224, its longer one cropped. Bicubic (a = −0.5), widened where it shrinks, and rounded to
 * bytes after each axis: the bytes that Pillow gives, since smooth surfaces look different unrounded.
 */
export function middleSquare({ width, height, channels, data }: Pixels): Float32Array {
  const shorter = Math.min(width, height)
  const columns = axisTaps(width, shorter)
  const rows = axisTaps(height, shorter)
  const above = rows.first[0]!
  const below = rows.first.at(-1)! + rows.weights.at(-1)!.length
  const line = SIDE * channels
  const narrow = new Uint8Array((below - above) * line)
  for (let y = above; y < below; y++) {
    const from = { values: data, start: y * width * channels, stride: channels }
    resample(
      from,
      columns,
      { values: narrow, start: (y - above) * line, stride: channels },
      channels,
    )
  }
  const square = new Uint8Array(SIDE * line)
  const from = { values: narrow, start: -above * line, stride: line }
  resample(from, rows, { values: square, start: 0, stride: line }, line)
  return normalised(square, channels)
}

/** For each of the 224 outputs of an axis: the first pixel that it is made of, and the weights from there on. */
interface Taps {
  readonly first: readonly number[]
  readonly weights: readonly Int32Array[]
}

/** Weights are whole numbers of this fraction. */
const ONE = 2 ** 22

function axisTaps(length: number, shorter: number): Taps {
  const resized = Math.round((length * SIDE) / shorter)
  const scale = length / resized
  const support = Math.max(scale, 1)
  const cropped = Math.floor((resized - SIDE) / 2)
  const centres = Array.from({ length: SIDE }, (_, i) => (i + cropped + 0.5) * scale)
  const first = centres.map((centre) => Math.max(0, Math.floor(centre - 2 * support + 0.5)))
  const weights = centres.map((centre, i) => {
    const end = Math.min(length, Math.floor(centre + 2 * support + 0.5))
    const raw = Array.from({ length: end - first[i]! }, (_, k) =>
      cubic((first[i]! + k + 0.5 - centre) / support),
    )
    const sum = raw.reduce((a, b) => a + b, 0)
    return Int32Array.from(raw, (weight) => Math.round((weight / sum) * ONE))
  })
  return { first, weights }
}

/** Keys 1981, Cubic convolution interpolation, eq. 15. */
function cubic(x: number): number {
  const t = Math.abs(x)
  if (t < 1) return (1.5 * t - 2.5) * t * t + 1
  return t < 2 ? ((-0.5 * t + 2.5) * t - 4) * t + 2 : 0
}

/** Entries that lie `stride` apart. */
interface Line<Values> {
  readonly values: Values
  readonly start: number
  readonly stride: number
}

/** The 224 outputs of a line whose entries have `size` numbers each. */
function resample(
  from: Line<ArrayLike<number>>,
  { first, weights }: Taps,
  to: Line<Uint8Array>,
  size: number,
): void {
  const sums = new Int32Array(size)
  for (let i = 0; i < SIDE; i++) {
    const taps = weights[i]!
    sums.fill(ONE / 2)
    for (let k = 0; k < taps.length; k++) {
      const weight = taps[k]!
      const there = from.start + (first[i]! + k) * from.stride
      for (let c = 0; c < size; c++) sums[c]! += weight * from.values[there + c]!
    }
    const here = to.start + i * to.stride
    for (let c = 0; c < size; c++) to.values[here + c] = Math.min(255, Math.max(0, sums[c]! >> 22))
  }
}

function normalised(square: Uint8Array, channels: 1 | 3): Float32Array {
  const pixelOf = channels === 3 ? (i: number) => i : (i: number) => Math.floor(i / 3)
  return Float32Array.from({ length: SIDE * SIDE * 3 }, (_, i) => (square[pixelOf(i)]! - 127) / 128)
}
