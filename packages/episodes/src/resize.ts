/** How an image is resized. */
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
  const columns = shares(width, toWidth)
  const result = new Float32Array(toHeight * toWidth)
  let at = 0
  for (const row of shares(height, toHeight)) {
    for (const column of columns) {
      let sum = 0
      for (let r = 0; r < row.shares.length; r++) {
        const from = (row.first + r) * width + column.first
        for (let c = 0; c < column.shares.length; c++) {
          sum += row.shares[r]! * column.shares[c]! * pixels[from + c]!
        }
      }
      result[at++] = sum
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

/** For each new pixel of an axis the first old one that it covers, and the shares from there on. */
function shares(from: number, to: number): { first: number; shares: number[] }[] {
  const scale = from / to
  return Array.from({ length: to }, (_, i) => {
    const [start, end] = [i * scale, Math.min((i + 1) * scale, from)]
    const first = Math.floor(start)
    const covered: number[] = []
    for (let k = first; k < Math.ceil(end - 1e-9); k++) {
      covered.push((Math.min(k + 1, end) - Math.max(k, start)) / scale)
    }
    return { first, shares: covered }
  })
}
