// The first block of a net on grey images in one call: a convolution 3 × 3 of one channel, stride 1, same
// padding, to o channels, o a multiple of 8; batch norm with the statistics of the batch, ReLU, max-pool 2 × 2.
// The numbers before the pool, sixteen times those after it, are never written.
//
// The convolution is linear, so its statistics follow from those of the image: with the nine taps of each
// pixel as a vector p, s = Σp and R = Σ p pᵀ (in float64, so that differences of large numbers stay exact),
//   μ = w · s / N,   σ² = w · R w / N − μ²
// and in the derivative Σ p x̂ = (R w − μ s) / √(σ² + ε). For each window `place` keeps where its maximum lies.

import { madd, zero } from './lib/simd'
import { statisticsOfTaps, TAPS } from './lib/taps'

/** Bytes of scratch. */
export function convBatchNormPoolScratch(h: i32, w: i32, o: i32): i32 {
  const image = (h + 2) * (w + 2) * 8, patches = (h >> 1) * (w >> 1) * 144
  return TAPS + image + patches + 128 * o
}

/** y `[groups, n, ⌊h/2⌋, ⌊w/2⌋, o]`, μ and σ² `[groups, o]`, and place, a byte for each number of y. */
export function convBatchNormPool(
  groups: i32, n: i32, h: i32, w: i32, o: i32, x: usize,
  filter: usize, nextFilter: usize, gamma: usize, nextGamma: usize, beta: usize, nextBeta: usize,
  y: usize, mean: usize, variance: usize, place: usize,
  epsilon: f64, relu: bool, scratch: usize,
): void {
  const stride = <usize>o * 4
  const taps = scratch, image = taps + TAPS
  const weights = image + <usize>((h + 2) * (w + 2) * 8)
  const floor = f32x4.splat(relu ? 0 : -Infinity)
  const row = <usize>(w + 2) * 4
  for (let group = 0; group < groups; group++) {
    statisticsOfTaps(n, h, w, x, taps, image)
    moments(<f64>n * h * w, o, filter, taps, mean, variance)
    fold(o, filter, gamma, beta, mean, variance, epsilon, weights)
    for (let i = 0; i < n; i++) {
      pad(h, w, x, image)
      for (let r = 0; r < h >> 1; r++) {
        for (let q = 0; q < w >> 1; q++) {
          pool(o, row, image + row * r * 2 + q * 8, weights, y, place, floor)
          y += stride
          place += o
        }
      }
      x += <usize>(h * w * 4)
    }
    filter += nextFilter
    gamma += nextGamma
    beta += nextBeta
    mean += stride
    variance += stride
  }
}

function moments(n: f64, o: i32, filter: usize, taps: usize, mean: usize, variance: usize): void {
  for (let k: usize = 0; k < <usize>o * 4; k += 4) {
    let first: f64 = 0, second: f64 = 0
    for (let i = 0; i < 9; i++) {
      first += weight(filter, o, i, k) * load<f64>(taps + i * 8)
      second += weight(filter, o, i, k) * across(taps, i, filter, o, k)
    }
    const mu = first / n, spread = second / n - mu * mu
    store<f32>(mean + k, <f32>mu)
    store<f32>(variance + k, <f32>(spread < 0 ? 0 : spread))
  }
}

// @ts-ignore: decorator
@inline
function weight(filter: usize, o: i32, tap: i32, k: usize): f64 {
  return <f64>load<f32>(filter + <usize>(tap * o * 4) + k)
}

// row `i` of R w, for channel k
function across(taps: usize, i: i32, filter: usize, o: i32, k: usize): f64 {
  let sum: f64 = 0
  for (let j = 0; j < 9; j++) sum += load<f64>(taps + 72 + (i * 9 + j) * 8) * weight(filter, o, j, k)
  return sum
}

// the filter scaled by γ / √(σ² + ε), eight channels after the other `[o / 8, 9, 8]`, and what is added `[o]`
function fold(
  o: i32, filter: usize, gamma: usize, beta: usize, mean: usize, variance: usize, epsilon: f64, to: usize,
): void {
  for (let k = 0; k < o; k++) {
    const at = <usize>k * 4
    const a = <f64>load<f32>(gamma + at) / sqrt(<f64>load<f32>(variance + at) + epsilon)
    const lane = to + <usize>((k >> 3) * 288 + (k & 7) * 4)
    for (let i = 0; i < 9; i++) store<f32>(lane + i * 32, <f32>(a * weight(filter, o, i, at)))
    store<f32>(to + <usize>o * 36 + at, <f32>(<f64>load<f32>(beta + at) - a * <f64>load<f32>(mean + at)))
  }
}

// an image with a frame of zeros
function pad(h: i32, w: i32, x: usize, to: usize): void {
  const row = <usize>(w + 2) * 4
  memory.fill(to, 0, row * (h + 2))
  for (let i = 0; i < h; i++) memory.copy(to + row * (i + 1) + 4, x + <usize>(i * w * 4), <usize>w * 4)
}

// the channels of one window
function pool(o: i32, row: usize, x: usize, weights: usize, y: usize, place: usize, floor: v128): void {
  let shift = weights + <usize>o * 36
  for (let k = 0; k < o; k += 8) {
    let a0 = v128.load(shift), a1 = a0, a2 = a0, a3 = a0
    let b0 = v128.load(shift, 16), b1 = b0, b2 = b0, b3 = b0
    for (let r = 0, from = x; r < 3; r++) {
      for (let q = 0; q < 3; q++) {
        const at = from + (q << 2)
        const u = v128.load(weights), v = v128.load(weights, 16)
        weights += 32
        let pixel = v128.load32_splat(at)
        a0 = madd(pixel, u, a0)
        b0 = madd(pixel, v, b0)
        pixel = v128.load32_splat(at, 4)
        a1 = madd(pixel, u, a1)
        b1 = madd(pixel, v, b1)
        pixel = v128.load32_splat(at + row)
        a2 = madd(pixel, u, a2)
        b2 = madd(pixel, v, b2)
        pixel = v128.load32_splat(at + row, 4)
        a3 = madd(pixel, u, a3)
        b3 = madd(pixel, v, b3)
      }
      from += row
    }
    largest(a0, a1, a2, a3, floor, y, place)
    largest(b0, b1, b2, b3, floor, y + 16, place + 4)
    shift += 32
    y += 32
    place += 8
  }
}

// four times the place of the maximum, the first of equals; 128 where the ReLU closes it
// @ts-ignore: decorator
@inline
function largest(y0: v128, y1: v128, y2: v128, y3: v128, floor: v128, y: usize, place: usize): void {
  const most = f32x4.pmax(f32x4.pmax(y0, y1), f32x4.pmax(y2, y3))
  v128.store(y, f32x4.pmax(most, floor))
  const lower = v128.bitselect(i32x4.splat(8), i32x4.splat(12), f32x4.eq(y2, most))
  const right = v128.bitselect(i32x4.splat(4), lower, f32x4.eq(y1, most))
  const first = v128.andnot(right, f32x4.eq(y0, most))
  const found = v128.bitselect(first, i32x4.splat(128), f32x4.gt(most, floor))
  const bytes = v128.shuffle<u8>(found, found, 0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12)
  store<i32>(place, i32x4.extract_lane(bytes, 0))
}

/** The derivatives in the filter, γ and β; scratch as above. */
export function convBatchNormPoolGrad(
  groups: i32, n: i32, h: i32, w: i32, o: i32, dy: usize, place: usize, x: usize,
  filter: usize, nextFilter: usize, gamma: usize, nextGamma: usize,
  mean: usize, variance: usize,
  dfilter: usize, dgamma: usize, dbeta: usize,
  epsilon: f64, scratch: usize,
): void {
  const stride = <usize>o * 4
  const windows = (h >> 1) * (w >> 1)
  const taps = scratch, image = taps + TAPS
  const patches = image + <usize>((h + 2) * (w + 2) * 8), sums = patches + <usize>windows * 144
  for (let group = 0; group < groups; group++) {
    statisticsOfTaps(n, h, w, x, taps, image)
    memory.fill(sums, 0, stride * 20)
    for (let i = 0; i < n; i++) {
      pad(h, w, x, image)
      gatherPatches(h, w, image, patches)
      for (let k = 0; k < o; k += 4) sumWindows(windows, o, patches, dy + k * 4, place + k, sums + k * 8)
      x += <usize>(h * w * 4)
      dy += <usize>windows * stride
      place += windows * o
    }
    for (let k: usize = 0; k < stride; k += 4) {
      solve(<f64>n * h * w, o, k, taps, sums, filter, gamma, mean, variance, epsilon, dfilter, dgamma, dbeta)
    }
    filter += nextFilter
    gamma += nextGamma
    mean += stride
    variance += stride
    dfilter += stride * 9
    dgamma += stride
    dbeta += stride
  }
}

// for each window and each tap, the four pixels that its numbers see there: `[windows, 9, 4]`
function gatherPatches(h: i32, w: i32, image: usize, to: usize): void {
  const row = <usize>(w + 2) * 4
  for (let r = 0; r < h >> 1; r++) {
    for (let q = 0; q < w >> 1; q++) {
      const x = image + row * r * 2 + q * 8
      for (let i = 0; i < 9; i++) {
        const at = x + row * (i / 3) + (i % 3) * 4
        store<i64>(to, load<i64>(at))
        store<i64>(to + 8, load<i64>(at + row))
        to += 16
      }
    }
  }
}

// Adds Σ g p of four channels, and Σ g, of one image to the sums in float64 `[10, o]`. A swizzle takes for
// each channel the pixel where its maximum lies, and 0 where the ReLU closed it.
function sumWindows(windows: i32, o: i32, patches: usize, dy: usize, place: usize, sums: usize): void {
  let d0 = zero(), d1 = d0, d2 = d0, d3 = d0, d4 = d0, d5 = d0, d6 = d0, d7 = d0, d8 = d0, sum = d0
  for (let i = 0; i < windows; i++) {
    const spread = i8x16.swizzle(v128.load32_splat(place), i8x16(0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3))
    const bytes = i8x16.add(spread, i8x16(0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3))
    const g = v128.andnot(v128.load(dy), i32x4.shr_s(spread, 31))
    sum = f32x4.add(sum, g)
    d0 = madd(i8x16.swizzle(v128.load(patches), bytes), g, d0)
    d1 = madd(i8x16.swizzle(v128.load(patches, 16), bytes), g, d1)
    d2 = madd(i8x16.swizzle(v128.load(patches, 32), bytes), g, d2)
    d3 = madd(i8x16.swizzle(v128.load(patches, 48), bytes), g, d3)
    d4 = madd(i8x16.swizzle(v128.load(patches, 64), bytes), g, d4)
    d5 = madd(i8x16.swizzle(v128.load(patches, 80), bytes), g, d5)
    d6 = madd(i8x16.swizzle(v128.load(patches, 96), bytes), g, d6)
    d7 = madd(i8x16.swizzle(v128.load(patches, 112), bytes), g, d7)
    d8 = madd(i8x16.swizzle(v128.load(patches, 128), bytes), g, d8)
    patches += 144
    dy += <usize>o * 4
    place += o
  }
  const next = <usize>o * 8
  accumulate(sums, d0)
  accumulate(sums + next, d1)
  accumulate(sums + next * 2, d2)
  accumulate(sums + next * 3, d3)
  accumulate(sums + next * 4, d4)
  accumulate(sums + next * 5, d5)
  accumulate(sums + next * 6, d6)
  accumulate(sums + next * 7, d7)
  accumulate(sums + next * 8, d8)
  accumulate(sums + next * 9, sum)
}

function accumulate(at: usize, x: v128): void {
  const high = v128.shuffle<f32>(x, x, 2, 3, 2, 3)
  v128.store(at, f64x2.add(v128.load(at), f64x2.promote_low_f32x4(x)))
  v128.store(at, f64x2.add(v128.load(at, 16), f64x2.promote_low_f32x4(high)), 16)
}

function solve(
  n: f64, o: i32, k: usize, taps: usize, sums: usize,
  filter: usize, gamma: usize, mean: usize, variance: usize, epsilon: f64,
  dfilter: usize, dgamma: usize, dbeta: usize,
): void {
  const next = <usize>o * 8, at = sums + k * 2
  const r = 1 / sqrt(<f64>load<f32>(variance + k) + epsilon), mu = <f64>load<f32>(mean + k)
  const G = load<f64>(at + next * 9)
  let product: f64 = 0
  for (let i = 0; i < 9; i++) product += weight(filter, o, i, k) * load<f64>(at + next * i)
  const Q = r * (product - mu * G)
  store<f32>(dbeta + k, <f32>G)
  store<f32>(dgamma + k, <f32>Q)
  const a = <f64>load<f32>(gamma + k) * r
  for (let i = 0; i < 9; i++) {
    const s = load<f64>(taps + i * 8)
    const normal = r * (across(taps, i, filter, o, k) - mu * s)
    const slope = load<f64>(at + next * i) - (G * s + Q * normal) / n
    store<f32>(dfilter + <usize>(i * o * 4) + k, <f32>(a * slope))
  }
}
