// Wilson 1927, Probable Inference, the Law of Succession, and Statistical Inference, JASA 22.

/** The 97.5 % quantile of the normal distribution. */
const Z = 1.959963984540054

/**
 * The 95 % interval of a share: (p + z²/2n ± z √(p (1 − p)/n + z²/4n²)) / (1 + z²/n). Unlike p ± z·s it
 * holds for few trials, and near 0 and 1.
 */
export function wilson(right: number, n: number): [low: number, high: number] {
  const p = right / n
  const middle = p + Z ** 2 / (2 * n)
  const half = Z * Math.sqrt((p * (1 - p)) / n + Z ** 2 / (4 * n ** 2))
  const scale = 1 + Z ** 2 / n
  return [Math.max(0, (middle - half) / scale), Math.min(1, (middle + half) / scale)]
}
