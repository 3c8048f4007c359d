// Finds the file of a typeface that holds a character and reads that character's outline.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as fontkit from 'fontkit'

const here = import.meta.dirname
const json = (path) => JSON.parse(readFileSync(path, 'utf8'))
const opened = new Map()

function open(path) {
  if (!opened.has(path)) {
    const file = fontkit.openSync(path)
    opened.set(path, file.fonts ? file.fonts[0] : file)
  }
  return opened.get(path)
}

/**
 * A source is 'fonts-package/File.ttf' (Debian) or 'name' or 'name@weight' (npm's @fontsource/name).
 * The latter cuts a typeface into files by Unicode range, which its unicode.json lists.
 */
export function typeface(source) {
  return source.includes('/') ? fromDebian(source) : fromNpm(source)
}

function fromDebian(source) {
  const [name, file] = source.split('/')
  const root = join(here, 'debian', name)
  const found = readdirSync(root, { recursive: true }).find((path) => path.endsWith(`/${file}`))
  if (!found) throw new Error(`${source}: no such file; run ./fetch-debian.sh`)
  const font = open(join(root, found))
  return { source, family: font.familyName, files: () => [font] }
}

function fromNpm(source) {
  const [name, wanted] = source.split('@')
  const root = join(here, 'node_modules/@fontsource', name)
  const metadata = json(join(root, 'metadata.json'))
  const weight = wanted ?? (metadata.weights.includes(400) ? 400 : metadata.weights[0])
  const style = metadata.styles.includes('normal') ? 'normal' : metadata.styles[0]
  const ranges = Object.entries(json(join(root, 'unicode.json')))
  const subsets = (codePoint) =>
    ranges.length > 0
      ? ranges.filter(([, range]) => covers(range, codePoint)).map(([subset]) => subset)
      : metadata.subsets // not cut by range: the whole typeface in one file
  const files = (codePoint) =>
    subsets(codePoint)
      .map((subset) => `${name}-${subset.replace(/[[\]]/g, '')}-${weight}-${style}.woff2`)
      .map((file) => open(join(root, 'files', file)))
  return { source, family: metadata.family, files }
}

function covers(range, codePoint) {
  return range.split(',').some((part) => {
    const [from, to = from] = part.trim().slice(2).split('-')
    const low = Number.parseInt(from.replaceAll('?', '0'), 16)
    const high = Number.parseInt(to.replaceAll('?', 'F'), 16)
    return codePoint >= low && codePoint <= high
  })
}

/** The copyright line in the file that holds a character. */
export function copyright(face, character) {
  return holder(face, character).copyright.replace(/\s+/g, ' ').trim()
}

function holder(face, character) {
  const codePoint = character.codePointAt(0)
  return face.files(codePoint).find((file) => file.hasGlyphForCodePoint(codePoint))
}

/**
 * The outline of a character: closed polygons of [x, y] in em (y up), curves flattened.
 * Undefined where the typeface has no glyph for it (never a box or another typeface's glyph).
 */
export function outline(face, character) {
  const font = holder(face, character)
  if (!font) return undefined
  const run = shape(font, character)
  if (run.glyphs.some((glyph) => glyph.id === 0)) return undefined
  const polygons = []
  let pen = 0
  run.glyphs.forEach((glyph, i) => {
    const at = run.positions[i]
    const move = (x, y) => [
      (pen + at.xOffset + x) / font.unitsPerEm,
      (at.yOffset + y) / font.unitsPerEm,
    ]
    polygons.push(...flatten(glyph.path.commands, move))
    pen += at.xAdvance
  })
  return polygons
}

// Shaping matters: Nastaliq fonts, say, add the dots of a letter as glyphs of their own.
function shape(font, character) {
  try {
    return font.layout(character)
  } catch {
    const glyph = font.glyphForCodePoint(character.codePointAt(0))
    return { glyphs: [glyph], positions: [{ xOffset: 0, yOffset: 0, xAdvance: 0 }] }
  }
}

const steps = 8

function flatten(commands, move) {
  const polygons = []
  let points = []
  let last = [0, 0]
  const curve = (...controls) => {
    for (let i = 1; i <= steps; i++) points.push(move(...casteljau([last, ...controls], i / steps)))
    last = controls.at(-1)
  }
  for (const { command, args: a } of commands) {
    if (command === 'moveTo') {
      if (points.length > 2) polygons.push(points)
      points = [move(a[0], a[1])]
      last = [a[0], a[1]]
    } else if (command === 'lineTo') {
      points.push(move(a[0], a[1]))
      last = [a[0], a[1]]
    } else if (command === 'quadraticCurveTo') curve([a[0], a[1]], [a[2], a[3]])
    else if (command === 'bezierCurveTo') curve([a[0], a[1]], [a[2], a[3]], [a[4], a[5]])
  }
  if (points.length > 2) polygons.push(points)
  return polygons
}

function casteljau(points, t) {
  if (points.length === 1) return points[0]
  const between = (p, i) => p + (points[i + 1][0] - p) * t
  return casteljau(
    points
      .slice(1)
      .map((q, i) => [between(points[i][0], i), points[i][1] + (q[1] - points[i][1]) * t]),
    t,
  )
}
