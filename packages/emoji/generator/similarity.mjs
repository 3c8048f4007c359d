// How alike two pictures are: for the generator and the tests, no part of the data set.
const side = 64
const half = side / 2

/** A picture made ready for `similarity`, from [side * side * 4] RGBA: half the size, colours times alpha. */
export function prepared(rgba) {
  const values = new Float32Array(half * half * 4)
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const from = (y * side + x) * 4
      const to = ((y >> 1) * half + (x >> 1)) * 4
      const alpha = rgba[from + 3] / 255
      for (let c = 0; c < 3; c++) values[to + c] += (rgba[from + c] * alpha) / 4
      values[to + 3] += rgba[from + 3] / 4
    }
  }
  return values
}

/**
 * 1 − Σ difference / Σ cover, the largest over shifts of up to two pixels each way: 1 is the same
 * picture. The difference of two pixels is the larger of those on white and on black paper; cover is
 * the larger of the two alphas.
 */
export function similarity(a, b) {
  let best = -Infinity
  for (let dy = -1; dy <= 1; dy++) {
    for (let dx = -1; dx <= 1; dx++) best = Math.max(best, shifted(a, b, dx, dy))
  }
  return best
}

function shifted(a, b, dx, dy) {
  const width = Math.sqrt(a.length / 4)
  let [difference, cover] = [0, 0]
  for (let y = 0; y < width; y++) {
    for (let x = 0; x < width; x++) {
      const p = (y * width + x) * 4
      const inside = x + dx >= 0 && x + dx < width && y + dy >= 0 && y + dy < width
      const q = inside ? ((y + dy) * width + x + dx) * 4 : -1
      const alpha = inside ? b[q + 3] : 0
      if (a[p + 3] === 0 && alpha === 0) continue
      cover += Math.max(a[p + 3], alpha)
      for (let c = 0; c < 3; c++) {
        const onBlack = a[p + c] - (inside ? b[q + c] : 0)
        const onWhite = onBlack - (a[p + 3] - alpha)
        difference += Math.max(Math.abs(onBlack), Math.abs(onWhite)) / 3
      }
    }
  }
  return cover === 0 ? 1 : 1 - difference / cover
}

/** A prepared picture in 8 × 8 blocks: to tell most pairs apart at once, with `mayBeAlike`. */
export function coarse(values) {
  const blocks = new Float32Array(8 * 8 * 4)
  for (let y = 0; y < half; y++) {
    for (let x = 0; x < half; x++) {
      const to = ((y >> 2) * 8 + (x >> 2)) * 4
      for (let c = 0; c < 4; c++) blocks[to + c] += values[(y * half + x) * 4 + c] / 16
    }
  }
  return blocks
}

/** False for blocks of pictures whose similarity is below `bound`, but for what a shift may add. */
export function mayBeAlike(a, b, bound) {
  return shifted(a, b, 0, 0) > bound - 0.1
}
