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
  if (how === 'nearest') return nearest(pixels, height, width, toHeight, toWidth)
  const rows = shares(height, toHeight)
  const columns = shares(width, toWidth)
  const result = new Float32Array(toHeight * toWidth)
  for (let i = 0; i < toHeight; i++) {
    for (let j = 0; j < toWidth; j++) {
      let sum = 0
      for (const row of rows[i]!) {
        for (const column of columns[j]!) {
          sum += row.share * column.share * pixels[row.index * width + column.index]!
        }
      }
      result[i * toWidth + j] = sum
    }
  }
  return result
}

function nearest(
  pixels: ArrayLike<number>,
  height: number,
  width: number,
  toHeight: number,
  toWidth: number,
): Float32Array {
  const result = new Float32Array(toHeight * toWidth)
  for (let i = 0; i < toHeight; i++) {
    const row = Math.floor(((i + 0.5) * height) / toHeight)
    for (let j = 0; j < toWidth; j++) {
      result[i * toWidth + j] = pixels[row * width + Math.floor(((j + 0.5) * width) / toWidth)]!
    }
  }
  return result
}

/** For each new pixel of an axis, the old ones it covers, and the share of each. */
function shares(from: number, to: number): { index: number; share: number }[][] {
  const scale = from / to
  return Array.from({ length: to }, (_, i) => {
    const [start, end] = [i * scale, Math.min((i + 1) * scale, from)]
    const covered = []
    for (let index = Math.floor(start); index < Math.ceil(end - 1e-9); index++) {
      const share = (Math.min(index + 1, end) - Math.max(index, start)) / scale
      covered.push({ index, share })
    }
    return covered
  })
}
