// The derivative of batch normalisation's derivative: that of u · dx + s · dγ + t · dβ in dy, x and γ,
// where u, s and t are ddx, ddγ and ddβ. The mask of the ReLU is a constant, so β has none.
//
// With g = dy where the ReLU is open, x̂ = (x − μ) / √(σ² + ε) = (x − μ) r, and sums over the n examples
// U = Σu, G = Σg, A = Σug, P = Σu x̂, Q = Σg x̂:
//   u · dx = γ r k, k = A − U G / n − P Q / n,   s · dγ = s Q,   t · dβ = t G
// from which the rest follows by the rules.

import { accumulate, blockRows, get, put } from './lib/lanes'
import { floorOf, inverse, normal, open, scales } from './lib/normal'
import { madd, zero } from './lib/simd'

/** Bytes of scratch for c channels. */
export function batchNormGradGradScratch(c: i32): i32 {
  return 64 * c
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
  const block = blockRows(stride * 3)
  const floor = floorOf(relu)
  const sums = scratch, factors = sums + stride * 10
  for (let group = 0; group < groups; group++) {
    scales(c, gamma, variance, epsilon, factors)
    memory.fill(sums, 0, stride * 10)
    for (let row = 0; row < n; row += block) {
      const at = <usize>row * stride
      sumBlock(min(n - row, block), stride, ddx + at, dy + at, x + at, mean, factors, beta, sums, floor)
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

function sumBlock(
  rows: i32, stride: usize, ddx: usize, dy: usize, x: usize, mean: usize, scale: usize, beta: usize,
  sums: usize, floor: v128,
): void {
  let j: usize = 0
  for (; j + 16 <= stride; j += 16) {
    sumRows<v128>(rows, stride, ddx + j, dy + j, x + j, mean + j, scale + j, beta + j, sums + j * 2, floor)
  }
  for (; j < stride; j += 4) {
    sumRows<f32>(rows, stride, ddx + j, dy + j, x + j, mean + j, scale + j, beta + j, sums + j * 2, floor)
  }
}

// U, G, A, and P and Q with x − μ in the place of x̂
function sumRows<T>(
  rows: i32, stride: usize, ddx: usize, dy: usize, x: usize, mean: usize, scale: usize, beta: usize,
  sums: usize, floor: v128,
): void {
  const m = get<T>(mean), a = get<T>(scale), b = get<T>(beta)
  let U = zero(), G = U, A = U, P = U, Q = U
  for (let i = 0; i < rows; i++) {
    const centred = f32x4.sub(get<T>(x), m)
    const g = open(get<T>(dy), normal(centred, a, b), floor)
    const u = get<T>(ddx)
    U = f32x4.add(U, u)
    G = f32x4.add(G, g)
    A = madd(u, g, A)
    P = madd(u, centred, P)
    Q = madd(g, centred, Q)
    ddx += stride
    dy += stride
    x += stride
  }
  const next = stride * 2
  accumulate<T>(sums, U)
  accumulate<T>(sums + next, G)
  accumulate<T>(sums + next * 2, A)
  accumulate<T>(sums + next * 3, P)
  accumulate<T>(sums + next * 4, Q)
}

// the factors of ddy = (a u + f1 (x − μ) + f2) where open, dx = f3 u + f1 g + f4 (x − μ) + f5
function solve(
  stride: usize, n: f64, gamma: usize, ddgamma: usize, ddbeta: usize, r: f64,
  sums: usize, factors: usize, dgamma: usize,
): void {
  const next = stride * 2
  const U = load<f64>(sums), G = load<f64>(sums + next), A = load<f64>(sums + next * 2)
  const P = load<f64>(sums + next * 3) * r, Q = load<f64>(sums + next * 4) * r
  const s = <f64>load<f32>(ddgamma), t = <f64>load<f32>(ddbeta)
  const a = <f64>load<f32>(gamma) * r
  const k = A - (U * G + P * Q) / n
  store<f32>(dgamma, <f32>(r * k))
  store<f32>(factors + stride, <f32>(r * (s - a * P / n)))
  store<f32>(factors + stride * 2, <f32>(t - a * U / n))
  store<f32>(factors + stride * 3, <f32>(-a * r * Q / n))
  store<f32>(factors + stride * 4, <f32>(-r * r / n * (s * Q - 2 * a * P * Q / n + a * k)))
  store<f32>(factors + stride * 5, <f32>(-r / n * (s * G - a * (Q * U + P * G) / n)))
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
