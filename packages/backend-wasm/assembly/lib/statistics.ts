// Mean and variance of each channel: sums of x − k and (x − k)², where k is near the mean, of float32
// numbers within a block and of float64 between blocks. One pass over x, and a second one around the
// mean where k turns out to have been far from it.

import { BLOCK, flush, gather, get } from './lanes'
import { madd } from './simd'

// rows from all over the batch whose mean is k
const PILOTS: i32 = 16

/** Bytes of scratch that {@link statistics} needs. */
// @ts-ignore: decorator
@inline
export function statisticsScratch(c: i32): i32 {
  return 28 * c
}

/** Writes mean and biased variance `[c]` of x `[n, c]`. */
export function statistics(n: i32, c: i32, x: usize, mean: usize, variance: usize, scratch: usize): void {
  const k = scratch + <usize>c * 24
  pilots(n, c, x, k)
  if (moments(n, c, x, k, mean, variance, scratch)) return
  memory.copy(k, mean, <usize>c * 4)
  moments(n, c, x, k, mean, variance, scratch)
}

function pilots(n: i32, c: i32, x: usize, k: usize): void {
  const rows = min(n, PILOTS)
  const step = <usize>(n / max(rows, 1)) * <usize>c * 4
  for (let j: i32 = 0; j < c; j++) {
    let sum: f32 = 0
    let at = x + <usize>j * 4
    for (let i = 0; i < rows; i++) {
      sum += load<f32>(at)
      at += step
    }
    store<f32>(k + <usize>j * 4, sum / <f32>rows)
  }
}

/** The moments around k, and whether k was near enough to the mean for them to be exact. */
function moments(
  n: i32, c: i32, x: usize, k: usize, mean: usize, variance: usize, sums: usize,
): bool {
  const stride = <usize>c * 4
  const squares = sums + stride * 2, block = squares + stride * 2
  memory.fill(sums, 0, stride * 6)
  for (let row = 0; row < n; row += BLOCK) {
    sumRows(min(n - row, BLOCK), stride, x + <usize>row * stride, k, block)
    flush(stride * 2, block, sums)
  }
  let near = true
  for (let j: usize = 0; j < <usize>c; j++) {
    const first = load<f64>(sums + j * 8) / <f64>n
    const second = load<f64>(squares + j * 8) / <f64>n
    const spread = second - first * first
    if (second > 64 * spread) near = false
    store<f32>(mean + j * 4, <f32>(<f64>load<f32>(k + j * 4) + first))
    store<f32>(variance + j * 4, <f32>(spread < 0 ? 0 : spread))
  }
  return near
}

function sumRows(rows: i32, stride: usize, x: usize, k: usize, sums: usize): void {
  let i = 0
  for (; i + 4 <= rows; i += 4) {
    let j: usize = 0
    for (; j + 16 <= stride; j += 16) sum4<v128>(stride, x + j, k + j, sums + j)
    for (; j < stride; j += 4) sum4<f32>(stride, x + j, k + j, sums + j)
    x += stride * 4
  }
  for (; i < rows; i++) {
    let j: usize = 0
    for (; j + 16 <= stride; j += 16) sum1<v128>(stride, x + j, k + j, sums + j)
    for (; j < stride; j += 4) sum1<f32>(stride, x + j, k + j, sums + j)
    x += stride
  }
}

// @ts-ignore: decorator
@inline
function sum4<T>(stride: usize, x: usize, k: usize, sums: usize): void {
  const shift = get<T>(k)
  const d0 = f32x4.sub(get<T>(x), shift), d1 = f32x4.sub(get<T>(x + stride), shift)
  const d2 = f32x4.sub(get<T>(x + stride * 2), shift), d3 = f32x4.sub(get<T>(x + stride * 3), shift)
  gather<T>(sums, f32x4.add(f32x4.add(d0, d1), f32x4.add(d2, d3)))
  const squares = madd(d0, d0, f32x4.mul(d1, d1))
  gather<T>(sums + stride, f32x4.add(squares, madd(d2, d2, f32x4.mul(d3, d3))))
}

// @ts-ignore: decorator
@inline
function sum1<T>(stride: usize, x: usize, k: usize, sums: usize): void {
  const d = f32x4.sub(get<T>(x), get<T>(k))
  gather<T>(sums, d)
  gather<T>(sums + stride, f32x4.mul(d, d))
}
