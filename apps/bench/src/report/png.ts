/** Pictures of a page are no larger. */
const SIDE = 64

/**
 * A picture `[height, width, channels]` in 0 … 1, as a PNG in a data URL. Of other numbers of channels
 * than 1 or 3, the first three or the first one are shown.
 */
export async function pngOf(values: Float32Array, shape: readonly number[]): Promise<string> {
  const [height, width, stored] = shape as [number, number, number]
  const channels = stored >= 3 ? 3 : 1
  const picked = values.filter((_, i) => i % stored < channels)
  const bytes = Buffer.from(picked.map((v) => 255 * Math.min(1, Math.max(0, v))))
  // Loaded here and not with kshot: it takes longer than most commands do before they print.
  const { default: sharp } = await import('sharp')
  const encoded = await sharp(bytes, { raw: { width, height, channels } })
    .resize({ width: SIDE, height: SIDE, fit: 'inside', withoutEnlargement: true })
    .toColourspace(channels === 1 ? 'b-w' : 'srgb')
    .png({ compressionLevel: 9, adaptiveFiltering: true })
    .toBuffer()
  return `data:image/png;base64,${encoded.toString('base64')}`
}
