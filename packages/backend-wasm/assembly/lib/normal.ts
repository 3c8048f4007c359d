// What the passes of batch normalisation share.

import { madd } from './simd'

/** Vectors that make a ReLU of `max` and of a mask, or leave numbers as they are. */
// @ts-ignore: decorator
@inline
export function floorOf(relu: bool): v128 {
  return f32x4.splat(relu ? 0 : -Infinity)
}

/** (x − μ) a + β. Each pass computes it like this: where the ReLU is open must not depend on rounding. */
// @ts-ignore: decorator
@inline
export function normal(centred: v128, scale: v128, beta: v128): v128 {
  return madd(centred, scale, beta)
}

/** dy where the ReLU is open. */
// @ts-ignore: decorator
@inline
export function open(dy: v128, y: v128, floor: v128): v128 {
  return v128.and(dy, f32x4.gt(y, floor))
}

/** 1 / √(σ² + ε). */
// @ts-ignore: decorator
@inline
export function inverse(variance: usize, epsilon: f64): f64 {
  return 1 / sqrt(<f64>load<f32>(variance) + epsilon)
}

/** Writes γ / √(σ² + ε) of each channel. */
export function scales(c: i32, gamma: usize, variance: usize, epsilon: f64, to: usize): void {
  for (let j: usize = 0; j < <usize>c * 4; j += 4) {
    store<f32>(to + j, <f32>(<f64>load<f32>(gamma + j) * inverse(variance + j, epsilon)))
  }
}

/**
 * The factors of dx = a g + slope (x − μ) + shift, `slope` and `shift` `[2, c]`, from the sums of g and of
 * g (x − μ), `[2, c]` in float64, where g = dy where the ReLU is open; and dγ and dβ.
 */
export function slopes(
  c: i32, n: f64, variance: usize, epsilon: f64, scale: usize, sums: usize,
  slope: usize, dgamma: usize, dbeta: usize,
): void {
  const stride = <usize>c * 4
  for (let j: usize = 0; j < stride; j += 4) {
    const sum = load<f64>(sums + j * 2), product = load<f64>(sums + stride * 2 + j * 2)
    const by = inverse(variance + j, epsilon), a = <f64>load<f32>(scale + j) / n
    store<f32>(dbeta + j, <f32>sum)
    store<f32>(dgamma + j, <f32>(product * by))
    store<f32>(slope + j, <f32>(-a * by * by * product))
    store<f32>(slope + stride + j, <f32>(-a * sum))
  }
}
