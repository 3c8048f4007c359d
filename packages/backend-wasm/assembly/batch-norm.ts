// Batch normalisation with the statistics of the batch, a ReLU after it where wanted, and its derivative.
// x is `[groups, n, c]`; gamma and beta are `[c]` for each group (`next…`: bytes to the next, 0 for the
// same), all else is `[groups, …]`.

import { BLOCK, flush, gather, get, put } from './lib/lanes'
import { floorOf, normal, open, scales, slopes } from './lib/normal'
import { madd } from './lib/simd'
import { statistics, statisticsScratch } from './lib/statistics'

/** Bytes of scratch for c channels. */
export function batchNormScratch(c: i32): i32 {
  return max(statisticsScratch(c), 36 * c)
}

/** y = relu(γ (x − μ) / √(σ² + ε) + β), and μ and σ². */
export function batchNorm(
  groups: i32, n: i32, c: i32, x: usize,
  gamma: usize, nextGamma: usize, beta: usize, nextBeta: usize,
  y: usize, mean: usize, variance: usize,
  epsilon: f64, relu: bool, scratch: usize,
): void {
  const stride = <usize>c * 4
  const floor = floorOf(relu)
  for (let group = 0; group < groups; group++) {
    statistics(n, c, x, mean, variance, scratch)
    scales(c, gamma, variance, epsilon, scratch)
    for (let row = 0; row < n; row++) {
      normalise(stride, x, mean, scratch, beta, y, floor)
      x += stride
      y += stride
    }
    gamma += nextGamma
    beta += nextBeta
    mean += stride
    variance += stride
  }
}

function normalise(stride: usize, x: usize, mean: usize, scale: usize, beta: usize, y: usize, floor: v128): void {
  let j: usize = 0
  for (; j + 16 <= stride; j += 16) normalised<v128>(x + j, mean + j, scale + j, beta + j, y + j, floor)
  for (; j < stride; j += 4) normalised<f32>(x + j, mean + j, scale + j, beta + j, y + j, floor)
}

// @ts-ignore: decorator
@inline
function normalised<T>(x: usize, mean: usize, scale: usize, beta: usize, y: usize, floor: v128): void {
  const centred = f32x4.sub(get<T>(x), get<T>(mean))
  put<T>(y, f32x4.pmax(normal(centred, get<T>(scale), get<T>(beta)), floor))
}

/** dx, dγ, dβ from dy. */
export function batchNormGrad(
  groups: i32, n: i32, c: i32, dy: usize, x: usize,
  gamma: usize, nextGamma: usize, beta: usize, nextBeta: usize,
  mean: usize, variance: usize,
  dx: usize, dgamma: usize, dbeta: usize,
  epsilon: f64, relu: bool, scratch: usize,
): void {
  const stride = <usize>c * 4
  const floor = floorOf(relu)
  const sums = scratch, block = sums + stride * 4
  const scale = block + stride * 2, slope = scale + stride
  for (let group = 0; group < groups; group++) {
    scales(c, gamma, variance, epsilon, scale)
    memory.fill(sums, 0, stride * 6)
    for (let row = 0; row < n; row += BLOCK) {
      const at = <usize>row * stride
      sumRows(min(n - row, BLOCK), stride, dy + at, x + at, mean, scale, beta, block, floor)
      flush(stride * 2, block, sums)
    }
    slopes(c, <f64>n, variance, epsilon, scale, sums, slope, dgamma, dbeta)
    for (let row = 0; row < n; row++) {
      backRow(stride, dy, x, mean, scale, beta, slope, dx, floor)
      dy += stride
      x += stride
      dx += stride
    }
    gamma += nextGamma
    beta += nextBeta
    mean += stride
    variance += stride
    dgamma += stride
    dbeta += stride
  }
}

function sumRows(
  rows: i32, stride: usize, dy: usize, x: usize, mean: usize, scale: usize, beta: usize, sums: usize, floor: v128,
): void {
  let i = 0
  for (; i + 2 <= rows; i += 2) {
    let j: usize = 0
    for (; j + 16 <= stride; j += 16) sum2<v128>(stride, dy + j, x + j, mean + j, scale + j, beta + j, sums + j, floor)
    for (; j < stride; j += 4) sum2<f32>(stride, dy + j, x + j, mean + j, scale + j, beta + j, sums + j, floor)
    dy += stride * 2
    x += stride * 2
  }
  if (i == rows) return
  let j: usize = 0
  for (; j + 16 <= stride; j += 16) sum1<v128>(stride, dy + j, x + j, mean + j, scale + j, beta + j, sums + j, floor)
  for (; j < stride; j += 4) sum1<f32>(stride, dy + j, x + j, mean + j, scale + j, beta + j, sums + j, floor)
}

// g and g (x − μ) of two rows
// @ts-ignore: decorator
@inline
function sum2<T>(
  stride: usize, dy: usize, x: usize, mean: usize, scale: usize, beta: usize, sums: usize, floor: v128,
): void {
  const m = get<T>(mean), a = get<T>(scale), b = get<T>(beta)
  const c0 = f32x4.sub(get<T>(x), m), c1 = f32x4.sub(get<T>(x + stride), m)
  const g0 = open(get<T>(dy), normal(c0, a, b), floor)
  const g1 = open(get<T>(dy + stride), normal(c1, a, b), floor)
  gather<T>(sums, f32x4.add(g0, g1))
  gather<T>(sums + stride, madd(g0, c0, f32x4.mul(g1, c1)))
}

// @ts-ignore: decorator
@inline
function sum1<T>(
  stride: usize, dy: usize, x: usize, mean: usize, scale: usize, beta: usize, sums: usize, floor: v128,
): void {
  const centred = f32x4.sub(get<T>(x), get<T>(mean))
  const g = open(get<T>(dy), normal(centred, get<T>(scale), get<T>(beta)), floor)
  gather<T>(sums, g)
  gather<T>(sums + stride, f32x4.mul(g, centred))
}

function backRow(
  stride: usize, dy: usize, x: usize, mean: usize, scale: usize, beta: usize,
  slope: usize, dx: usize, floor: v128,
): void {
  let j: usize = 0
  for (; j + 16 <= stride; j += 16) {
    back<v128>(dy + j, x + j, mean + j, scale + j, beta + j, slope + j, slope + stride + j, dx + j, floor)
  }
  for (; j < stride; j += 4) {
    back<f32>(dy + j, x + j, mean + j, scale + j, beta + j, slope + j, slope + stride + j, dx + j, floor)
  }
}

// @ts-ignore: decorator
@inline
function back<T>(
  dy: usize, x: usize, mean: usize, scale: usize, beta: usize, slope: usize, shift: usize, dx: usize,
  floor: v128,
): void {
  const centred = f32x4.sub(get<T>(x), get<T>(mean))
  const a = get<T>(scale)
  const g = open(get<T>(dy), normal(centred, a, get<T>(beta)), floor)
  put<T>(dx, madd(a, g, madd(get<T>(slope), centred, get<T>(shift))))
}
