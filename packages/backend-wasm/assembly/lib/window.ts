// A 2 × 2 window of a max-pool after a batch norm and its ReLU.

/**
 * Where the largest of four numbers lies, the first of equals, as 0 … 3 in reading order; −1 where the ReLU
 * closes it.
 */
// @ts-ignore: decorator
@inline
export function placeOf(y0: v128, y1: v128, y2: v128, y3: v128, floor: v128): v128 {
  const largest = f32x4.pmax(f32x4.pmax(y0, y1), f32x4.pmax(y2, y3))
  const lower = v128.bitselect(i32x4.splat(2), i32x4.splat(3), f32x4.eq(y2, largest))
  const right = v128.bitselect(i32x4.splat(1), lower, f32x4.eq(y1, largest))
  const place = v128.andnot(right, f32x4.eq(y0, largest))
  return v128.or(place, v128.not(f32x4.gt(largest, floor)))
}

/** x where the largest lies at `index`, else 0. */
// @ts-ignore: decorator
@inline
export function at(place: v128, index: i32, x: v128): v128 {
  return v128.and(x, i32x4.eq(place, i32x4.splat(index)))
}

/** Of four numbers the one where the largest lies, 0 where the ReLU is closed. */
// @ts-ignore: decorator
@inline
export function chosen(place: v128, x0: v128, x1: v128, x2: v128, x3: v128): v128 {
  return v128.or(v128.or(at(place, 0, x0), at(place, 1, x1)), v128.or(at(place, 2, x2), at(place, 3, x3)))
}

/** x where the ReLU is open. */
// @ts-ignore: decorator
@inline
export function opened(place: v128, x: v128): v128 {
  return v128.andnot(x, i32x4.shr_s(place, 31))
}
