// Channels four at a time, T = v128, or one at a time, T = f32, for what is left of them: the same code
// for both, of vectors of which only the first number counts.
//
// Numbers are read in the order in which they lie, row by row, and sums of channels kept in memory: that is
// faster than walking down a channel with its sum in a register, which no prefetching foresees.

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

/** Adds x to the numbers at `at`. */
// @ts-ignore: decorator
@inline
export function gather<T>(at: usize, x: v128): void {
  put<T>(at, f32x4.add(get<T>(at), x))
}

/** Rows, or windows, whose sum is exact enough in float32. */
export const BLOCK: i32 = 64

/** Moves sums of float32 numbers, so many bytes of them, to sums of float64. */
export function flush(bytes: usize, from: usize, to: usize): void {
  let j: usize = 0
  for (; j + 16 <= bytes; j += 16) {
    const x = v128.load(from + j)
    const high = v128.shuffle<f32>(x, x, 2, 3, 2, 3)
    const at = to + j * 2
    v128.store(at, f64x2.add(v128.load(at), f64x2.promote_low_f32x4(x)))
    v128.store(at, f64x2.add(v128.load(at, 16), f64x2.promote_low_f32x4(high)), 16)
  }
  for (; j < bytes; j += 4) {
    const at = to + j * 2
    store<f64>(at, load<f64>(at) + <f64>load<f32>(from + j))
  }
  memory.fill(from, 0, bytes)
}
