// Draws an icon of a set: 64 × 64 pixels of at most 16 colours, some of them more or less transparent.
import { createRequire } from 'node:module'
import sharp from 'sharp'

export const side = 64
export const mostColours = 16

const require = createRequire(import.meta.url)

/** Icons of a set by their names without hyphens, which sets put differently. */
export function iconsOf(set) {
  const { icons, aliases = {}, ...file } = require(`@iconify-json/${set}/icons.json`)
  const names = new Map()
  for (const name of [...Object.keys(aliases), ...Object.keys(icons)]) names.set(plain(name), name)
  const resolve = (name) => icons[name] ?? { ...resolve(aliases[name].parent), ...aliases[name] }
  return {
    has: (name) => names.has(plain(name)),
    svg(name) {
      const { body, left = 0, top = 0, hFlip, ...icon } = resolve(names.get(plain(name)))
      const [width, height] = [icon.width ?? file.width, icon.height ?? file.height]
      const flip = hFlip ? `transform="matrix(-1 0 0 1 ${2 * left + width} 0)"` : ''
      return `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="${left} ${top} ${width} ${height}" width="${side}" height="${side}"><g ${flip}>${body}</g></svg>`
    },
  }
}

function plain(name) {
  return name.replaceAll('-', '')
}

/** @returns RGBA, [side * side * 4]; where nothing is drawn all four are 0 */
export async function render(svg) {
  const size = { fit: 'contain', background: { r: 0, g: 0, b: 0, alpha: 0 } }
  const indexed = await sharp(Buffer.from(svg))
    .resize(side, side, size)
    .png({ palette: true, colours: mostColours, dither: 0, effort: 10 })
    .toBuffer()
  const rgba = await sharp(indexed).ensureAlpha().raw().toBuffer()
  for (let i = 0; i < rgba.length; i += 4) if (rgba[i + 3] === 0) rgba.fill(0, i, i + 4)
  return new Uint8Array(rgba)
}
