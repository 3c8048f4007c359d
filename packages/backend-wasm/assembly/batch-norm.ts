// Batch normalisation with the statistics of the batch, a ReLU after it where wanted, and its derivative.
// x is `[groups, n, c]`; gamma and beta are `[c]` for each group (`next…`: bytes to the next, 0 for the
// same), all else is `[groups, …]`.

import { accumulate, blockRows, get, put } from './lib/lanes'
import { floorOf, inverse, normal, open, scales } from './lib/normal'
import { madd, zero } from './lib/simd'
import { statistics, statisticsScratch } from './lib/statistics'

/** Bytes of scratch for c channels. */
export function batchNormScratch(c: i32): i32 {
  return max(statisticsScratch(c), 28 * c)
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
  const block = blockRows(stride * 2)
  const floor = floorOf(relu)
  const sums = scratch, products = sums + stride * 2, scale = products + stride * 2
  const slope = scale + stride, shift = slope + stride
  for (let group = 0; group < groups; group++) {
    scales(c, gamma, variance, epsilon, scale)
    memory.fill(sums, 0, stride * 4)
    for (let row = 0; row < n; row += block) {
      const at = <usize>row * stride
      sumBlock(min(n - row, block), stride, dy + at, x + at, mean, scale, beta, sums, products, floor)
    }
    // dx = a g + slope (x − μ) + shift
    for (let j: usize = 0; j < stride; j += 4) {
      const sum = load<f64>(sums + j * 2), product = load<f64>(products + j * 2)
      const by = inverse(variance + j, epsilon), a = <f64>load<f32>(scale + j) / <f64>n
      store<f32>(dbeta + j, <f32>sum)
      store<f32>(dgamma + j, <f32>(product * by))
      store<f32>(slope + j, <f32>(-a * by * by * product))
      store<f32>(shift + j, <f32>(-a * sum))
    }
    for (let row = 0; row < n; row++) {
      backRow(stride, dy, x, mean, scale, beta, slope, shift, dx, floor)
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

function sumBlock(
  rows: i32, stride: usize, dy: usize, x: usize, mean: usize, scale: usize, beta: usize,
  sums: usize, products: usize, floor: v128,
): void {
  let j: usize = 0
  for (; j + 16 <= stride; j += 16) {
    sumRows<v128>(rows, stride, dy + j, x + j, mean + j, scale + j, beta + j, sums + j * 2, products + j * 2, floor)
  }
  for (; j < stride; j += 4) {
    sumRows<f32>(rows, stride, dy + j, x + j, mean + j, scale + j, beta + j, sums + j * 2, products + j * 2, floor)
  }
}

function sumRows<T>(
  rows: i32, stride: usize, dy: usize, x: usize, mean: usize, scale: usize, beta: usize,
  sums: usize, products: usize, floor: v128,
): void {
  const m = get<T>(mean), a = get<T>(scale), b = get<T>(beta)
  let sum = zero(), product = sum
  for (let i = 0; i < rows; i++) {
    const centred = f32x4.sub(get<T>(x), m)
    const g = open(get<T>(dy), normal(centred, a, b), floor)
    sum = f32x4.add(sum, g)
    product = madd(g, centred, product)
    dy += stride
    x += stride
  }
  accumulate<T>(sums, sum)
  accumulate<T>(products, product)
}

function backRow(
  stride: usize, dy: usize, x: usize, mean: usize, scale: usize, beta: usize,
  slope: usize, shift: usize, dx: usize, floor: v128,
): void {
  let j: usize = 0
  for (; j + 16 <= stride; j += 16) {
    back<v128>(dy + j, x + j, mean + j, scale + j, beta + j, slope + j, shift + j, dx + j, floor)
  }
  for (; j < stride; j += 4) {
    back<f32>(dy + j, x + j, mean + j, scale + j, beta + j, slope + j, shift + j, dx + j, floor)
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
