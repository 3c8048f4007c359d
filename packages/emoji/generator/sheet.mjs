// Draws ../sheet.png to look at: emoji of each split in turn, a row an emoji, its artists side by side.
// Run `turbo build` first.
import { join } from 'node:path'
import sharp from 'sharp'
import { emoji } from '../dist/index.js'

const side = 48
const columns = 3
const rows = 20
const artists = 7

const splits = Object.values(await emoji())
const cells = splits.flatMap((split, column) => {
  const step = split.classes.length / rows
  return Array.from({ length: rows }, (_, row) => Math.floor((row + 0.5) * step)).flatMap(
    (c, row) =>
      Array.from({ length: split.classes[c].size }, (_, example) => ({
        rgba: split.rgba(c, example),
        left: column * (artists + 0.5) * side + example * side,
        top: row * side,
      })),
  )
})
const raw = { width: 64, height: 64, channels: 4 }
const pictures = await Promise.all(
  cells.map(async ({ rgba, left, top }) => ({
    input: await sharp(rgba, { raw })
      .resize(side - 4)
      .png()
      .toBuffer(),
    left: left + 2,
    top: top + 2,
  })),
)
const [width, height] = [(columns * (artists + 0.5) - 0.5) * side, rows * side]
await sharp({ create: { width, height, channels: 3, background: '#fff' } })
  .composite(pictures)
  .png({ palette: true, colours: 128, effort: 10 })
  .toFile(join(import.meta.dirname, '../sheet.png'))
