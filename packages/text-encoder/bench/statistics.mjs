/** The mean, and half of its 95 % interval over independent values. */
export function meanWithInterval(values) {
  const n = values.length
  const mean = values.reduce((sum, value) => sum + value, 0) / n
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1)
  return { mean, halfWidth: 1.96 * Math.sqrt(variance / n) }
}

/** The share of pairs whose first is the higher, ties as half: the area under the ROC curve. */
export function areaUnderCurve(inside, outside) {
  const all = [...inside.map((score) => [score, 1]), ...outside.map((score) => [score, 0])]
  all.sort(([a], [b]) => a - b)
  let [below, pairs] = [0, 0]
  for (let i = 0; i < all.length; ) {
    let end = i
    while (end < all.length && all[end][0] === all[i][0]) end++
    const tied = all.slice(i, end)
    const out = tied.filter(([, isInside]) => !isInside).length
    pairs += (tied.length - out) * (below + out / 2)
    below += out
    i = end
  }
  return pairs / (inside.length * outside.length)
}
