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

/** Σ_bins share of answers in the bin · |mean confidence − share of right ones|, with 15 bins (Guo et al. 2017). */
export function calibrationError(answers, bins = 15) {
  const errors = Array.from({ length: bins }, (_, bin) => {
    const inside = answers.filter(
      ({ confidence }) => Math.min(Math.floor(confidence * bins), bins - 1) === bin,
    )
    const sum = inside.reduce((total, one) => total + one.confidence - Number(one.right), 0)
    return Math.abs(sum) / answers.length
  })
  return errors.reduce((a, b) => a + b, 0)
}
