/** How an image is made smaller or larger. */
export type Resize = 'nearest' | 'area'

/**
 * Resizes one channel, `[height, width]` to `[toHeight, toWidth]`; the same bytes in every engine.
 * - `nearest` samples at ⌊(i + ½) · scale⌋, as Pillow does for 1-bit images: the papers' 28 × 28 Omniglot
 * - `area` averages the pixels that a new one covers, by the share it covers of each
 */
export function resize(
  pixels: ArrayLike<number>,
  [height, width]: readonly [number, number],
  [toHeight, toWidth]: readonly [number, number],
  how: Resize,
): Float32Array {
  const rows = weights(height, toHeight, how)
  const columns = weights(width, toWidth, how)
  const result = new Float32Array(toHeight * toWidth)
  for (const [i, row] of rows.entries()) {
    for (const [j, column] of columns.entries()) {
      let sum = 0
      for (const [r, share] of row) {
        for (const [c, other] of column) sum += share * other * pixels[r * width + c]!
      }
      result[i * toWidth + j] = sum
    }
  }
  return result
}

/** For each new pixel of an axis, which old ones it shows, and the share of each. */
function weights(from: number, to: number, how: Resize): [index: number, share: number][][] {
  const scale = from / to
  return Array.from({ length: to }, (_, i) => {
    if (how === 'nearest') return [[Math.floor((i + 0.5) * scale), 1]]
    const [start, end] = [i * scale, Math.min((i + 1) * scale, from)]
    const shares: [number, number][] = []
    for (let k = Math.floor(start); k < Math.ceil(end - 1e-9); k++) {
      shares.push([k, (Math.min(k + 1, end) - Math.max(k, start)) / scale])
    }
    return shares
  })
}
