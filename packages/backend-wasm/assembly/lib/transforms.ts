// The one-dimensional transforms of Winograd's F(4, 3) with the points 0, ±1, ±2, ∞ (Lavin & Gray 2016,
// Fast Algorithms for Convolutional Neural Networks, section 4.3), of four channels at once: numbers are
// read `ss` bytes apart and written `ds` bytes apart. The transforms of the derivatives are transposed.

import { madd } from './simd'

// @ts-ignore: decorator
@inline
function times(x: v128, factor: f32): v128 {
  return f32x4.mul(x, f32x4.splat(factor))
}

/** Bᵀ: six inputs to six. */
// @ts-ignore: decorator
@inline
export function ofInput(s: usize, ss: usize, d: usize, ds: usize): void {
  const x0 = v128.load(s), x1 = v128.load(s + ss), x2 = v128.load(s + 2 * ss)
  const x3 = v128.load(s + 3 * ss), x4 = v128.load(s + 4 * ss), x5 = v128.load(s + 5 * ss)
  const four = f32x4.splat(4), minusFour = f32x4.splat(-4), minusFive = f32x4.splat(-5)
  const a = madd(x2, minusFour, x4), b = madd(x1, minusFour, x3)
  const e = f32x4.sub(x4, x2), f = f32x4.sub(x3, x1)
  const f2 = f32x4.add(f, f)
  v128.store(d, madd(x0, four, madd(x2, minusFive, x4)))
  v128.store(d + ds, f32x4.add(a, b))
  v128.store(d + 2 * ds, f32x4.sub(a, b))
  v128.store(d + 3 * ds, f32x4.add(e, f2))
  v128.store(d + 4 * ds, f32x4.sub(e, f2))
  v128.store(d + 5 * ds, madd(x1, four, madd(x3, minusFive, x5)))
}

/** Aᵀ: six products to four outputs. */
// @ts-ignore: decorator
@inline
export function ofProducts(s: usize, ss: usize, d: usize, ds: usize): void {
  const m0 = v128.load(s), m1 = v128.load(s + ss), m2 = v128.load(s + 2 * ss)
  const m3 = v128.load(s + 3 * ss), m4 = v128.load(s + 4 * ss), m5 = v128.load(s + 5 * ss)
  const p = f32x4.add(m1, m2), q = f32x4.sub(m1, m2)
  const r = f32x4.add(m3, m4), t = f32x4.sub(m3, m4)
  v128.store(d, f32x4.add(m0, f32x4.add(p, r)))
  v128.store(d + ds, madd(t, f32x4.splat(2), q))
  v128.store(d + 2 * ds, madd(r, f32x4.splat(4), p))
  v128.store(d + 3 * ds, f32x4.add(madd(t, f32x4.splat(8), q), m5))
}

/** A: four derivatives of outputs to six. */
// @ts-ignore: decorator
@inline
export function ofOutputs(s: usize, ss: usize, d: usize, ds: usize): void {
  const y0 = v128.load(s), y1 = v128.load(s + ss)
  const y2 = v128.load(s + 2 * ss), y3 = v128.load(s + 3 * ss)
  const e = f32x4.add(y0, y2), o = f32x4.add(y1, y3)
  const e2 = madd(y2, f32x4.splat(4), y0), o2 = madd(y3, f32x4.splat(8), f32x4.add(y1, y1))
  v128.store(d, y0)
  v128.store(d + ds, f32x4.add(e, o))
  v128.store(d + 2 * ds, f32x4.sub(e, o))
  v128.store(d + 3 * ds, f32x4.add(e2, o2))
  v128.store(d + 4 * ds, f32x4.sub(e2, o2))
  v128.store(d + 5 * ds, y3)
}

/** G: three taps to six. */
// @ts-ignore: decorator
@inline
export function ofTaps(s: usize, ss: usize, d: usize, ds: usize): void {
  const g0 = v128.load(s), g1 = v128.load(s + ss), g2 = v128.load(s + 2 * ss)
  const p = times(f32x4.add(g0, g2), -1.0 / 6.0), q = times(g1, -1.0 / 6.0)
  const r = f32x4.add(times(g0, 1.0 / 24.0), times(g2, 1.0 / 6.0)), t = times(g1, 1.0 / 12.0)
  v128.store(d, times(g0, 0.25))
  v128.store(d + ds, f32x4.add(p, q))
  v128.store(d + 2 * ds, f32x4.sub(p, q))
  v128.store(d + 3 * ds, f32x4.add(r, t))
  v128.store(d + 4 * ds, f32x4.sub(r, t))
  v128.store(d + 5 * ds, g2)
}

/** Gᵀ: six derivatives of transformed taps to three. */
// @ts-ignore: decorator
@inline
export function ofTapGrads(s: usize, ss: usize, d: usize, ds: usize): void {
  const u0 = v128.load(s), u1 = v128.load(s + ss), u2 = v128.load(s + 2 * ss)
  const u3 = v128.load(s + 3 * ss), u4 = v128.load(s + 4 * ss), u5 = v128.load(s + 5 * ss)
  const p = times(f32x4.add(u1, u2), -1.0 / 6.0), q = times(f32x4.sub(u1, u2), -1.0 / 6.0)
  const r = f32x4.add(u3, u4), t = f32x4.sub(u3, u4)
  v128.store(d, f32x4.add(madd(u0, f32x4.splat(0.25), p), times(r, 1.0 / 24.0)))
  v128.store(d + ds, madd(t, f32x4.splat(1.0 / 12.0), q))
  v128.store(d + 2 * ds, f32x4.add(madd(r, f32x4.splat(1.0 / 6.0), p), u5))
}
