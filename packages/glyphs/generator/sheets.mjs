// Draws contact sheets to look at: sheets/<script>.png (a row a character, a column a typeface), and
// ../sheet.png (every script's characters in turn, each in another typeface).
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { png } from './png.mjs'
import { side } from './raster.mjs'
import { render } from './render.mjs'
import { scripts } from './scripts.mjs'

const cell = side + 1

function sheet(rows) {
  const width = Math.max(...rows.map((row) => row.length)) * cell + 1
  const pixels = new Uint8Array(width * (rows.length * cell + 1)).fill(224)
  rows.forEach((row, j) => {
    row.forEach((image, i) => {
      image.forEach((level, p) => {
        const y = j * cell + 1 + Math.floor(p / side)
        pixels[y * width + i * cell + 1 + (p % side)] = 255 - level * 17
      })
    })
  })
  return png(pixels, width)
}

const write = (path, content) => writeFileSync(join(import.meta.dirname, path), content)
mkdirSync(join(import.meta.dirname, 'sheets'), { recursive: true })
const samples = scripts.map((script) => {
  const { images } = render(script)
  write(`sheets/${script.name.replaceAll(' ', '-')}.png`, sheet(images))
  return Array.from({ length: 26 }, (_, i) => images[i % images.length][i % images[0].length])
})
write('../sheet.png', sheet(samples))
