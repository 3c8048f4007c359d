/** A mean with its 95 % interval. */
export interface Estimate {
  readonly mean: number
  /** Half the width of the interval. */
  readonly halfWidth: number
  readonly interval: readonly [low: number, high: number]
}

/**
 * Mean ± 1.96 s / √n, with s² = Σ (vᵢ − mean)² / (n − 1): the interval that few-shot papers print.
 * One value, or none, has no interval: its half-width is NaN.
 */
export function estimate(values: readonly number[]): Estimate {
  const n = values.length
  const mean = values.reduce((sum, v) => sum + v, 0) / n
  const squares = values.reduce((sum, v) => sum + (v - mean) ** 2, 0)
  const halfWidth = n > 1 ? 1.96 * Math.sqrt(squares / (n - 1) / n) : Number.NaN
  return { mean, halfWidth, interval: [mean - halfWidth, mean + halfWidth] }
}
