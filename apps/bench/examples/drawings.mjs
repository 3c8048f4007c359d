// Makes pictures to try kshot on: letters and digits to learn from, and signs to classify.
// node apps/bench/examples/drawings.mjs drawings
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { digits, letters, signs } from './strokes.mjs'

const [, , dir = 'drawings'] = process.argv
const SIDE = 28
/** Drawings of each letter and digit. */
const OF_EACH = 20

const random = generator(1)

const alphabet = Object.entries(letters)
await drawAll('characters/train', alphabet.slice(0, 20), OF_EACH)
await drawAll('characters/val', alphabet.slice(20), OF_EACH)
await drawAll('characters/test', Object.entries(digits), OF_EACH)

await drawAll('signs', Object.entries(signs), 3)
mkdirSync(join(dir, 'new'), { recursive: true })
for (const [name, path] of Object.entries(signs)) await draw(join(dir, `new/${name}.png`), path)

/** A folder a class, with some drawings of it. */
async function drawAll(folder, classes, count) {
  for (const [name, path] of classes) {
    const to = join(dir, folder, name)
    mkdirSync(to, { recursive: true })
    for (let i = 1; i <= count; i++) await draw(join(to, `${i}.png`), path)
  }
}

/** One drawing, dark on light, never twice the same: the pen, the slant and the size vary. */
async function draw(file, path) {
  const [dx, dy] = [between(-1, 1), between(-1, 1)]
  const hand = [
    `translate(${10 + dx} ${10 + dy}) rotate(${between(-12, 12)}) skewX(${between(-12, 12)})`,
    `scale(${between(0.75, 1.1)} ${between(0.75, 1.1)}) translate(-5 -7)`,
  ].join(' ')
  const pen = `fill="none" stroke="#222" stroke-width="${between(1, 2)}" stroke-linecap="round"`
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${SIDE}" height="${SIDE}" viewBox="0 0 20 20">
    <rect width="20" height="20" fill="#fff"/><path d="${path}" transform="${hand}" ${pen}/></svg>`
  await sharp(Buffer.from(svg)).flatten().toColourspace('b-w').png().toFile(file)
}

function between(low, high) {
  return low + (high - low) * random()
}

/** The same numbers on every machine (mulberry32). */
function generator(seed) {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}
