/** The largest difference, relative to the largest entry of `expected` (absolute where that is below `floor`). */
export function relativeError(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  floor = 1e-3,
): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY
  let difference = 0
  let largest = 0
  for (let i = 0; i < expected.length; i++) {
    const d = Math.abs(actual[i]! - expected[i]!)
    // NaN compares false with everything: it must not pass for a small difference
    difference = Number.isNaN(d) ? Number.POSITIVE_INFINITY : Math.max(difference, d)
    largest = Math.max(largest, Math.abs(expected[i]!))
  }
  return largest < floor ? difference : difference / largest
}
