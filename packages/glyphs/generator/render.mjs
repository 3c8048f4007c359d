// Renders a script: every character in every typeface, at one scale a typeface.
import { outline, typeface } from './font.mjs'
import { box, raster, side } from './raster.mjs'

const margin = 1

/**
 * Images [characters][typefaces] of a script (each [784] in 0..15; undefined where missing).
 * One scale and one baseline a (script, typeface): as large as its widest and its tallest character
 * allow. Sizes within a script stay comparable: a character is never stretched to the frame.
 */
export function render({ characters, typefaces }) {
  const faces = typefaces.map(typeface)
  const columns = faces.map((face) => column([...characters], face))
  return {
    faces,
    images: [...characters].map((_, i) => columns.map((images) => images[i])),
  }
}

function column(characters, face) {
  const outlines = characters.map((character) => outline(face, character))
  const boxes = outlines.map((polygons) => (polygons?.length ? box(polygons) : undefined))
  const known = boxes.filter(Boolean)
  const bottom = Math.min(...known.map((b) => b.bottom))
  const top = Math.max(...known.map((b) => b.top))
  const extent = Math.max(top - bottom, ...known.map((b) => b.right - b.left))
  const scale = (side - 2 * margin) / extent
  return outlines.map((polygons, i) => {
    if (!boxes[i]) return undefined
    const x = (boxes[i].left + boxes[i].right) / 2
    return raster(polygons, { scale, x, y: (bottom + top) / 2 })
  })
}
