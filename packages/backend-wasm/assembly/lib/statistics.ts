// Mean and variance of each channel: sums of x − k and (x − k)², where k is near the mean, of float32
// numbers within a block and of float64 between blocks. One pass over x, and a second one around the
// mean where k turns out to have been far from it.

import { accumulate, blockRows, get, put } from './lanes'
import { madd, zero } from './simd'

// rows from all over the batch whose mean is k
const PILOTS: i32 = 16

/** Bytes of scratch that {@link statistics} needs. */
// @ts-ignore: decorator
@inline
export function statisticsScratch(c: i32): i32 {
  return 20 * c
}

/** Writes mean and biased variance `[c]` of x `[n, c]`. */
export function statistics(n: i32, c: i32, x: usize, mean: usize, variance: usize, scratch: usize): void {
  const k = scratch + <usize>c * 16
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
  const squares = sums + <usize>c * 8
  const stride = <usize>c * 4
  const block = blockRows(stride)
  memory.fill(sums, 0, <usize>c * 16)
  for (let row = 0; row < n; row += block) {
    const rows = min(n - row, block)
    const from = x + <usize>row * stride
    let j: usize = 0
    for (; j + 16 <= stride; j += 16) sumRows<v128>(rows, stride, from + j, k + j, sums + j * 2, squares + j * 2)
    for (; j < stride; j += 4) sumRows<f32>(rows, stride, from + j, k + j, sums + j * 2, squares + j * 2)
  }
  let near = true
  for (let j: usize = 0; j < <usize>c; j++) {
    const first = load<f64>(sums + 8 * j) / <f64>n
    const second = load<f64>(squares + 8 * j) / <f64>n
    const spread = second - first * first
    if (second > 64 * spread) near = false
    store<f32>(mean + j * 4, <f32>(<f64>load<f32>(k + j * 4) + first))
    store<f32>(variance + j * 4, <f32>(spread < 0 ? 0 : spread))
  }
  return near
}

function sumRows<T>(rows: i32, stride: usize, x: usize, k: usize, sums: usize, squares: usize): void {
  const shift = get<T>(k)
  let s0 = zero(), q0 = s0, s1 = s0, q1 = s0
  let i = 0
  for (; i + 2 <= rows; i += 2) {
    const d0 = f32x4.sub(get<T>(x), shift)
    const d1 = f32x4.sub(get<T>(x + stride), shift)
    x += stride * 2
    s0 = f32x4.add(s0, d0)
    s1 = f32x4.add(s1, d1)
    q0 = madd(d0, d0, q0)
    q1 = madd(d1, d1, q1)
  }
  if (i < rows) {
    const d0 = f32x4.sub(get<T>(x), shift)
    s0 = f32x4.add(s0, d0)
    q0 = madd(d0, d0, q0)
  }
  accumulate<T>(sums, f32x4.add(s0, s1))
  accumulate<T>(squares, f32x4.add(q0, q1))
}
