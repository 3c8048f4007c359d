// Batch normalisation with the statistics of the batch, a ReLU where wanted and a max-pool of 2 × 2, and its
// derivative. Nothing is kept between them but x: where the maxima lie is found again.
// x is `[groups, n, h, w, c]`, what is pooled `[groups, n, ⌊h/2⌋, ⌊w/2⌋, c]`; the rest as in batch-norm.ts.

import { flush, gather, get, put } from './lib/lanes'
import { floorOf, normal, scales, slopes } from './lib/normal'
import { madd } from './lib/simd'
import { statistics, statisticsScratch } from './lib/statistics'
import { at, chosen, opened, placeOf } from './lib/window'

// windows in a row from which on sums are moved to float64 after each row, else after each image
const FEW: i32 = 8

/** Bytes of scratch for c channels. */
export function batchNormPoolScratch(c: i32): i32 {
  return max(statisticsScratch(c), 36 * c)
}

/** y, μ and σ². */
export function batchNormPool(
  groups: i32, n: i32, h: i32, w: i32, c: i32, x: usize,
  gamma: usize, nextGamma: usize, beta: usize, nextBeta: usize,
  y: usize, mean: usize, variance: usize,
  epsilon: f64, relu: bool, scratch: usize,
): void {
  const stride = <usize>c * 4, row = stride * w
  const floor = floorOf(relu)
  for (let group = 0; group < groups; group++) {
    statistics(n * h * w, c, x, mean, variance, scratch)
    scales(c, gamma, variance, epsilon, scratch)
    for (let image = 0; image < n; image++) {
      for (let i = 0; i < h >> 1; i++) {
        for (let j = 0; j < w >> 1; j++) {
          pool(stride, row, x + (row * i + stride * j) * 2, mean, scratch, beta, y, floor)
          y += stride
        }
      }
      x += row * h
    }
    gamma += nextGamma
    beta += nextBeta
    mean += stride
    variance += stride
  }
}

function pool(
  stride: usize, row: usize, x: usize, mean: usize, scale: usize, beta: usize, y: usize, floor: v128,
): void {
  let j: usize = 0
  for (; j + 16 <= stride; j += 16) pooled<v128>(stride, row, x + j, mean + j, scale + j, beta + j, y + j, floor)
  for (; j < stride; j += 4) pooled<f32>(stride, row, x + j, mean + j, scale + j, beta + j, y + j, floor)
}

// @ts-ignore: decorator
@inline
function pooled<T>(
  stride: usize, row: usize, x: usize, mean: usize, scale: usize, beta: usize, y: usize, floor: v128,
): void {
  const m = get<T>(mean), a = get<T>(scale), b = get<T>(beta)
  const y0 = normal(f32x4.sub(get<T>(x), m), a, b)
  const y1 = normal(f32x4.sub(get<T>(x + stride), m), a, b)
  const y2 = normal(f32x4.sub(get<T>(x + row), m), a, b)
  const y3 = normal(f32x4.sub(get<T>(x + row + stride), m), a, b)
  put<T>(y, f32x4.pmax(f32x4.pmax(f32x4.pmax(y0, y1), f32x4.pmax(y2, y3)), floor))
}

/** dx, dγ, dβ from dy. */
export function batchNormPoolGrad(
  groups: i32, n: i32, h: i32, w: i32, c: i32, dy: usize, x: usize,
  gamma: usize, nextGamma: usize, beta: usize, nextBeta: usize,
  mean: usize, variance: usize,
  dx: usize, dgamma: usize, dbeta: usize,
  epsilon: f64, relu: bool, scratch: usize,
): void {
  const stride = <usize>c * 4, row = stride * w
  const half = w >> 1, rowOfY = stride * half
  const floor = floorOf(relu)
  const sums = scratch, block = sums + stride * 4
  const scale = block + stride * 2, slope = scale + stride
  for (let group = 0; group < groups; group++) {
    scales(c, gamma, variance, epsilon, scale)
    memory.fill(sums, 0, stride * 6)
    for (let image = 0, fromX = x, fromY = dy; image < n; image++) {
      for (let i = 0; i < h >> 1; i++) {
        sumRow(half, stride, row, fromY, fromX + row * i * 2, mean, scale, beta, block, floor)
        fromY += rowOfY
        if (half >= FEW) flush(stride * 2, block, sums)
      }
      if (half < FEW) flush(stride * 2, block, sums)
      fromX += row * h
    }
    slopes(c, <f64>(n * h * w), variance, epsilon, scale, sums, slope, dgamma, dbeta)
    for (let image = 0; image < n; image++) {
      for (let i = 0; i < h >> 1; i++) {
        for (let j = 0; j < half; j++) {
          const place = (row * i + stride * j) * 2
          backWindow(stride, row, dy, x + place, mean, scale, beta, slope, dx + place, floor)
          dy += stride
        }
        // a column that the windows do not reach
        if (w & 1) {
          const place = row * i * 2 + row - stride
          rest(1, stride, x + place, mean, slope, dx + place)
          rest(1, stride, x + place + row, mean, slope, dx + place + row)
        }
      }
      if (h & 1) rest(w, stride, x + row * (h - 1), mean, slope, dx + row * (h - 1))
      x += row * h
      dx += row * h
    }
    gamma += nextGamma
    beta += nextBeta
    mean += stride
    variance += stride
    dgamma += stride
    dbeta += stride
  }
}

function sumRow(
  windows: i32, stride: usize, row: usize, dy: usize, x: usize, mean: usize, scale: usize, beta: usize,
  sums: usize, floor: v128,
): void {
  for (let i = 0; i < windows; i++) {
    let j: usize = 0
    for (; j + 16 <= stride; j += 16) {
      sum<v128>(stride, row, dy + j, x + j, mean + j, scale + j, beta + j, sums + j, floor)
    }
    for (; j < stride; j += 4) sum<f32>(stride, row, dy + j, x + j, mean + j, scale + j, beta + j, sums + j, floor)
    x += stride * 2
    dy += stride
  }
}

// g and g (x − μ) of a window
// @ts-ignore: decorator
@inline
function sum<T>(
  stride: usize, row: usize, dy: usize, x: usize, mean: usize, scale: usize, beta: usize,
  sums: usize, floor: v128,
): void {
  const m = get<T>(mean), a = get<T>(scale), b = get<T>(beta)
  const c0 = f32x4.sub(get<T>(x), m)
  const c1 = f32x4.sub(get<T>(x + stride), m)
  const c2 = f32x4.sub(get<T>(x + row), m)
  const c3 = f32x4.sub(get<T>(x + row + stride), m)
  const place = placeOf(normal(c0, a, b), normal(c1, a, b), normal(c2, a, b), normal(c3, a, b), floor)
  const g = opened(place, get<T>(dy))
  gather<T>(sums, g)
  gather<T>(sums + stride, f32x4.mul(g, chosen(place, c0, c1, c2, c3)))
}

function backWindow(
  stride: usize, row: usize, dy: usize, x: usize, mean: usize, scale: usize, beta: usize,
  slope: usize, dx: usize, floor: v128,
): void {
  let j: usize = 0
  for (; j + 16 <= stride; j += 16) {
    back<v128>(stride, row, dy + j, x + j, mean + j, scale + j, beta + j, slope + j, dx + j, floor)
  }
  for (; j < stride; j += 4) {
    back<f32>(stride, row, dy + j, x + j, mean + j, scale + j, beta + j, slope + j, dx + j, floor)
  }
}

// @ts-ignore: decorator
@inline
function back<T>(
  stride: usize, row: usize, dy: usize, x: usize, mean: usize, scale: usize, beta: usize,
  slope: usize, dx: usize, floor: v128,
): void {
  const m = get<T>(mean), a = get<T>(scale), b = get<T>(beta)
  const c0 = f32x4.sub(get<T>(x), m)
  const c1 = f32x4.sub(get<T>(x + stride), m)
  const c2 = f32x4.sub(get<T>(x + row), m)
  const c3 = f32x4.sub(get<T>(x + row + stride), m)
  const place = placeOf(normal(c0, a, b), normal(c1, a, b), normal(c2, a, b), normal(c3, a, b), floor)
  const g = f32x4.mul(a, get<T>(dy))
  const k = get<T>(slope), shift = get<T>(slope + stride)
  put<T>(dx, f32x4.add(madd(k, c0, shift), at(place, 0, g)))
  put<T>(dx + stride, f32x4.add(madd(k, c1, shift), at(place, 1, g)))
  put<T>(dx + row, f32x4.add(madd(k, c2, shift), at(place, 2, g)))
  put<T>(dx + row + stride, f32x4.add(madd(k, c3, shift), at(place, 3, g)))
}

function rest(count: i32, stride: usize, x: usize, mean: usize, slope: usize, dx: usize): void {
  for (let i = 0; i < count; i++) {
    let j: usize = 0
    for (; j + 16 <= stride; j += 16) still<v128>(x + j, mean + j, slope + j, slope + stride + j, dx + j)
    for (; j < stride; j += 4) still<f32>(x + j, mean + j, slope + j, slope + stride + j, dx + j)
    x += stride
    dx += stride
  }
}

// @ts-ignore: decorator
@inline
function still<T>(x: usize, mean: usize, slope: usize, shift: usize, dx: usize): void {
  put<T>(dx, madd(get<T>(slope), f32x4.sub(get<T>(x), get<T>(mean)), get<T>(shift)))
}
