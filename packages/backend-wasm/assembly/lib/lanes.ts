// Channels four at a time, T = v128, or one at a time, T = f32, for what is left of them: the same code
// for both, of vectors of which only the first number counts.

// @ts-ignore: decorator
@inline
export function get<T>(at: usize): v128 {
  return sizeof<T>() == 16 ? v128.load(at) : v128.load32_zero(at)
}

// @ts-ignore: decorator
@inline
export function put<T>(at: usize, x: v128): void {
  if (sizeof<T>() == 16) v128.store(at, x)
  else store<f32>(at, f32x4.extract_lane(x, 0))
}

/** Adds x to the float64 numbers that lie at `at`. */
// @ts-ignore: decorator
@inline
export function accumulate<T>(at: usize, x: v128): void {
  if (sizeof<T>() == 16) {
    const high = v128.shuffle<f32>(x, x, 2, 3, 2, 3)
    v128.store(at, f64x2.add(v128.load(at), f64x2.promote_low_f32x4(x)))
    v128.store(at, f64x2.add(v128.load(at, 16), f64x2.promote_low_f32x4(high)), 16)
  } else store<f64>(at, load<f64>(at) + <f64>f32x4.extract_lane(x, 0))
}

/**
 * How many rows of so many bytes make a block: so few that they stay in the first cache while each
 * channel walks down them, and that sums of float32 numbers stay exact enough.
 */
export function blockRows(bytes: usize): i32 {
  return <i32>min<usize>(256, max<usize>(16, 20480 / max<usize>(bytes, 1)))
}
