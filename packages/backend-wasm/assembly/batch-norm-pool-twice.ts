// The derivative of the derivative in batch-norm-pool.ts, as batch-norm-twice.ts is that of batch-norm.ts.
// Where the maxima lie is a constant, as the mask of the ReLU is: to g, dy is spread there.

import { flush, gather, get, put } from './lib/lanes'
import { floorOf, inverse, normal, scales } from './lib/normal'
import { madd } from './lib/simd'
import { solve } from './lib/twice'
import { at, chosen, opened, placeOf } from './lib/window'

// numbers in a row from which on sums are moved to float64 after each row of windows, else after each image
const WIDE: i32 = 16

/** Bytes of scratch for c channels. */
export function batchNormPoolGradGradScratch(c: i32): i32 {
  return 84 * c
}

/** ddy (pooled), dx, dγ. */
export function batchNormPoolGradGrad(
  groups: i32, n: i32, h: i32, w: i32, c: i32,
  ddx: usize, ddgamma: usize, ddbeta: usize, dy: usize, x: usize,
  gamma: usize, nextGamma: usize, beta: usize, nextBeta: usize,
  mean: usize, variance: usize,
  ddy: usize, dx: usize, dgamma: usize,
  epsilon: f64, relu: bool, scratch: usize,
): void {
  const stride = <usize>c * 4, row = stride * w
  const half = w >> 1, rowOfY = stride * half
  const floor = floorOf(relu)
  const sums = scratch, block = sums + stride * 10, factors = block + stride * 5
  for (let group = 0; group < groups; group++) {
    scales(c, gamma, variance, epsilon, factors)
    memory.fill(sums, 0, stride * 15)
    for (let image = 0, from: usize = 0, fromY = dy; image < n; image++) {
      for (let i = 0; i < h; i += 2) {
        const place = from + row * i
        const paired = i + 1 < h
        if (paired) sumRow(half, stride, row, ddx + place, fromY, x + place, mean, factors, beta, block, floor)
        if (paired) fromY += rowOfY
        const after = paired ? half * 2 : 0
        const left = place + stride * after
        if (after < w) sumRest(w - after, stride, ddx + left, x + left, mean, block)
        if (paired && after < w) sumRest(1, stride, ddx + left + row, x + left + row, mean, block)
        if (w >= WIDE) flush(stride * 5, block, sums)
      }
      if (w < WIDE) flush(stride * 5, block, sums)
      from += row * h
    }
    for (let j: usize = 0; j < stride; j += 4) {
      solve(
        stride, <f64>(n * h * w), gamma + j, ddgamma + j, ddbeta + j, inverse(variance + j, epsilon),
        sums + j * 2, factors + j, dgamma + j,
      )
    }
    for (let image = 0; image < n; image++) {
      for (let i = 0; i < h >> 1; i++) {
        for (let j = 0; j < half; j++) {
          const place = (row * i + stride * j) * 2
          backWindow(stride, row, ddx + place, dy, x + place, mean, beta, factors, ddy, dx + place, floor)
          dy += stride
          ddy += stride
        }
        if (w & 1) {
          const place = row * i * 2 + row - stride
          rest(1, stride, ddx + place, x + place, mean, factors, dx + place)
          rest(1, stride, ddx + place + row, x + place + row, mean, factors, dx + place + row)
        }
      }
      const last = row * (h - 1)
      if (h & 1) rest(w, stride, ddx + last, x + last, mean, factors, dx + last)
      ddx += row * h
      x += row * h
      dx += row * h
    }
    gamma += nextGamma
    beta += nextBeta
    mean += stride
    variance += stride
    ddgamma += stride
    ddbeta += stride
    dgamma += stride
  }
}

function sumRow(
  windows: i32, stride: usize, row: usize, ddx: usize, dy: usize, x: usize,
  mean: usize, scale: usize, beta: usize, sums: usize, floor: v128,
): void {
  for (let i = 0; i < windows; i++) {
    let j: usize = 0
    for (; j + 16 <= stride; j += 16) {
      sum<v128>(stride, row, ddx + j, dy + j, x + j, mean + j, scale + j, beta + j, sums + j, floor)
    }
    for (; j < stride; j += 4) {
      sum<f32>(stride, row, ddx + j, dy + j, x + j, mean + j, scale + j, beta + j, sums + j, floor)
    }
    x += stride * 2
    ddx += stride * 2
    dy += stride
  }
}

// U, G, A, and P and Q with x − μ in the place of x̂, of a window
// @ts-ignore: decorator
@inline
function sum<T>(
  stride: usize, row: usize, ddx: usize, dy: usize, x: usize,
  mean: usize, scale: usize, beta: usize, sums: usize, floor: v128,
): void {
  const m = get<T>(mean), a = get<T>(scale), b = get<T>(beta)
  const c0 = f32x4.sub(get<T>(x), m)
  const c1 = f32x4.sub(get<T>(x + stride), m)
  const c2 = f32x4.sub(get<T>(x + row), m)
  const c3 = f32x4.sub(get<T>(x + row + stride), m)
  const place = placeOf(normal(c0, a, b), normal(c1, a, b), normal(c2, a, b), normal(c3, a, b), floor)
  const g = opened(place, get<T>(dy))
  const u0 = get<T>(ddx), u1 = get<T>(ddx + stride), u2 = get<T>(ddx + row), u3 = get<T>(ddx + row + stride)
  gather<T>(sums, f32x4.add(f32x4.add(u0, u1), f32x4.add(u2, u3)))
  gather<T>(sums + stride, g)
  gather<T>(sums + stride * 2, f32x4.mul(g, chosen(place, u0, u1, u2, u3)))
  const products = f32x4.add(madd(u0, c0, f32x4.mul(u1, c1)), madd(u2, c2, f32x4.mul(u3, c3)))
  gather<T>(sums + stride * 3, products)
  gather<T>(sums + stride * 4, f32x4.mul(g, chosen(place, c0, c1, c2, c3)))
}

// U and P where no window reaches
function sumRest(count: i32, stride: usize, ddx: usize, x: usize, mean: usize, sums: usize): void {
  for (let i = 0; i < count; i++) {
    let j: usize = 0
    for (; j + 16 <= stride; j += 16) sumStill<v128>(stride, ddx + j, x + j, mean + j, sums + j)
    for (; j < stride; j += 4) sumStill<f32>(stride, ddx + j, x + j, mean + j, sums + j)
    ddx += stride
    x += stride
  }
}

// @ts-ignore: decorator
@inline
function sumStill<T>(stride: usize, ddx: usize, x: usize, mean: usize, sums: usize): void {
  const u = get<T>(ddx)
  gather<T>(sums, u)
  gather<T>(sums + stride * 3, f32x4.mul(u, f32x4.sub(get<T>(x), get<T>(mean))))
}

function backWindow(
  stride: usize, row: usize, ddx: usize, dy: usize, x: usize, mean: usize, beta: usize, factors: usize,
  ddy: usize, dx: usize, floor: v128,
): void {
  let j: usize = 0
  for (; j + 16 <= stride; j += 16) {
    back<v128>(stride, row, ddx + j, dy + j, x + j, mean + j, beta + j, factors + j, ddy + j, dx + j, floor)
  }
  for (; j < stride; j += 4) {
    back<f32>(stride, row, ddx + j, dy + j, x + j, mean + j, beta + j, factors + j, ddy + j, dx + j, floor)
  }
}

// @ts-ignore: decorator
@inline
function back<T>(
  stride: usize, row: usize, ddx: usize, dy: usize, x: usize, mean: usize, beta: usize, factors: usize,
  ddy: usize, dx: usize, floor: v128,
): void {
  const m = get<T>(mean), a = get<T>(factors), b = get<T>(beta)
  const c0 = f32x4.sub(get<T>(x), m)
  const c1 = f32x4.sub(get<T>(x + stride), m)
  const c2 = f32x4.sub(get<T>(x + row), m)
  const c3 = f32x4.sub(get<T>(x + row + stride), m)
  const place = placeOf(normal(c0, a, b), normal(c1, a, b), normal(c2, a, b), normal(c3, a, b), floor)
  const u0 = get<T>(ddx), u1 = get<T>(ddx + stride), u2 = get<T>(ddx + row), u3 = get<T>(ddx + row + stride)
  const f1 = get<T>(factors + stride), f2 = get<T>(factors + stride * 2)
  const flow = madd(a, chosen(place, u0, u1, u2, u3), madd(f1, chosen(place, c0, c1, c2, c3), f2))
  put<T>(ddy, opened(place, flow))
  const f3 = get<T>(factors + stride * 3), f4 = get<T>(factors + stride * 4), f5 = get<T>(factors + stride * 5)
  const g = f32x4.mul(f1, get<T>(dy))
  put<T>(dx, f32x4.add(madd(f3, u0, madd(f4, c0, f5)), at(place, 0, g)))
  put<T>(dx + stride, f32x4.add(madd(f3, u1, madd(f4, c1, f5)), at(place, 1, g)))
  put<T>(dx + row, f32x4.add(madd(f3, u2, madd(f4, c2, f5)), at(place, 2, g)))
  put<T>(dx + row + stride, f32x4.add(madd(f3, u3, madd(f4, c3, f5)), at(place, 3, g)))
}

function rest(
  count: i32, stride: usize, ddx: usize, x: usize, mean: usize, factors: usize, dx: usize,
): void {
  for (let i = 0; i < count; i++) {
    let j: usize = 0
    for (; j + 16 <= stride; j += 16) still<v128>(stride, ddx + j, x + j, mean + j, factors + j, dx + j)
    for (; j < stride; j += 4) still<f32>(stride, ddx + j, x + j, mean + j, factors + j, dx + j)
    ddx += stride
    x += stride
    dx += stride
  }
}

// @ts-ignore: decorator
@inline
function still<T>(stride: usize, ddx: usize, x: usize, mean: usize, factors: usize, dx: usize): void {
  const centred = f32x4.sub(get<T>(x), get<T>(mean))
  const shifted = madd(get<T>(factors + stride * 4), centred, get<T>(factors + stride * 5))
  put<T>(dx, madd(get<T>(factors + stride * 3), get<T>(ddx), shifted))
}
