// The derivative of batch normalisation's derivative: that of u · dx + s · dγ + t · dβ in dy, x and γ,
// where u, s and t are ddx, ddγ and ddβ. The mask of the ReLU is a constant, so β has none.

import { BLOCK, flush, gather, get, put } from './lib/lanes'
import { floorOf, inverse, normal, open, scales } from './lib/normal'
import { madd } from './lib/simd'
import { solve } from './lib/twice'

/** Bytes of scratch for c channels. */
export function batchNormGradGradScratch(c: i32): i32 {
  return 84 * c
}

/** ddy, dx, dγ. Shapes as in batch-norm.ts. */
export function batchNormGradGrad(
  groups: i32, n: i32, c: i32, ddx: usize, ddgamma: usize, ddbeta: usize, dy: usize, x: usize,
  gamma: usize, nextGamma: usize, beta: usize, nextBeta: usize,
  mean: usize, variance: usize,
  ddy: usize, dx: usize, dgamma: usize,
  epsilon: f64, relu: bool, scratch: usize,
): void {
  const stride = <usize>c * 4
  const floor = floorOf(relu)
  const sums = scratch, block = sums + stride * 10, factors = block + stride * 5
  for (let group = 0; group < groups; group++) {
    scales(c, gamma, variance, epsilon, factors)
    memory.fill(sums, 0, stride * 15)
    for (let row = 0; row < n; row += BLOCK) {
      const at = <usize>row * stride
      sumRows(min(n - row, BLOCK), stride, ddx + at, dy + at, x + at, mean, factors, beta, block, floor)
      flush(stride * 5, block, sums)
    }
    for (let j: usize = 0; j < stride; j += 4) {
      solve(stride, <f64>n, gamma + j, ddgamma + j, ddbeta + j, inverse(variance + j, epsilon), sums + j * 2, factors + j, dgamma + j)
    }
    for (let row = 0; row < n; row++) {
      backRow(stride, ddx, dy, x, mean, beta, factors, ddy, dx, floor)
      ddx += stride
      dy += stride
      x += stride
      ddy += stride
      dx += stride
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

function sumRows(
  rows: i32, stride: usize, ddx: usize, dy: usize, x: usize, mean: usize, scale: usize, beta: usize,
  sums: usize, floor: v128,
): void {
  let i = 0
  for (; i + 2 <= rows; i += 2) {
    let j: usize = 0
    for (; j + 16 <= stride; j += 16) {
      sum2<v128>(stride, ddx + j, dy + j, x + j, mean + j, scale + j, beta + j, sums + j, floor)
    }
    for (; j < stride; j += 4) sum2<f32>(stride, ddx + j, dy + j, x + j, mean + j, scale + j, beta + j, sums + j, floor)
    ddx += stride * 2
    dy += stride * 2
    x += stride * 2
  }
  if (i == rows) return
  let j: usize = 0
  for (; j + 16 <= stride; j += 16) {
    sum1<v128>(stride, ddx + j, dy + j, x + j, mean + j, scale + j, beta + j, sums + j, floor)
  }
  for (; j < stride; j += 4) sum1<f32>(stride, ddx + j, dy + j, x + j, mean + j, scale + j, beta + j, sums + j, floor)
}

// U, G, A, and P and Q with x − μ in the place of x̂, of two rows
// @ts-ignore: decorator
@inline
function sum2<T>(
  stride: usize, ddx: usize, dy: usize, x: usize, mean: usize, scale: usize, beta: usize,
  sums: usize, floor: v128,
): void {
  const m = get<T>(mean), a = get<T>(scale), b = get<T>(beta)
  const c0 = f32x4.sub(get<T>(x), m), c1 = f32x4.sub(get<T>(x + stride), m)
  const g0 = open(get<T>(dy), normal(c0, a, b), floor)
  const g1 = open(get<T>(dy + stride), normal(c1, a, b), floor)
  const u0 = get<T>(ddx), u1 = get<T>(ddx + stride)
  gather<T>(sums, f32x4.add(u0, u1))
  gather<T>(sums + stride, f32x4.add(g0, g1))
  gather<T>(sums + stride * 2, madd(u0, g0, f32x4.mul(u1, g1)))
  gather<T>(sums + stride * 3, madd(u0, c0, f32x4.mul(u1, c1)))
  gather<T>(sums + stride * 4, madd(g0, c0, f32x4.mul(g1, c1)))
}

// @ts-ignore: decorator
@inline
function sum1<T>(
  stride: usize, ddx: usize, dy: usize, x: usize, mean: usize, scale: usize, beta: usize,
  sums: usize, floor: v128,
): void {
  const centred = f32x4.sub(get<T>(x), get<T>(mean))
  const g = open(get<T>(dy), normal(centred, get<T>(scale), get<T>(beta)), floor)
  const u = get<T>(ddx)
  gather<T>(sums, u)
  gather<T>(sums + stride, g)
  gather<T>(sums + stride * 2, f32x4.mul(u, g))
  gather<T>(sums + stride * 3, f32x4.mul(u, centred))
  gather<T>(sums + stride * 4, f32x4.mul(g, centred))
}

function backRow(
  stride: usize, ddx: usize, dy: usize, x: usize, mean: usize, beta: usize, factors: usize,
  ddy: usize, dx: usize, floor: v128,
): void {
  let j: usize = 0
  for (; j + 16 <= stride; j += 16) {
    back<v128>(stride, ddx + j, dy + j, x + j, mean + j, beta + j, factors + j, ddy + j, dx + j, floor)
  }
  for (; j < stride; j += 4) {
    back<f32>(stride, ddx + j, dy + j, x + j, mean + j, beta + j, factors + j, ddy + j, dx + j, floor)
  }
}

// @ts-ignore: decorator
@inline
function back<T>(
  stride: usize, ddx: usize, dy: usize, x: usize, mean: usize, beta: usize, factors: usize,
  ddy: usize, dx: usize, floor: v128,
): void {
  const u = get<T>(ddx)
  const centred = f32x4.sub(get<T>(x), get<T>(mean))
  const a = get<T>(factors)
  const y = normal(centred, a, get<T>(beta))
  const f1 = get<T>(factors + stride)
  const flow = madd(a, u, madd(f1, centred, get<T>(factors + stride * 2)))
  put<T>(ddy, open(flow, y, floor))
  const rest = madd(get<T>(factors + stride * 4), centred, get<T>(factors + stride * 5))
  put<T>(dx, madd(get<T>(factors + stride * 3), u, madd(f1, open(get<T>(dy), y, floor), rest)))
}
