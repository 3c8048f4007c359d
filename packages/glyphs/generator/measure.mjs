// Reports how alike the samples are, and how far a nearest centroid on raw pixels gets (cosine, one
// shot, test scripts), with plain renders and with random affine distortion.
import { groups, picture, similarity } from '../src/similarity.ts'
import { side } from './raster.mjs'
import { render } from './render.mjs'
import { scripts } from './scripts.mjs'

const samples = scripts.flatMap((script) =>
  render(script).images.flatMap((row, i) =>
    row.map((levels, j) => {
      const image = Float32Array.from(levels, (level) => level / 15)
      const character = `${script.name} ${[...script.characters][i]}`
      const { split, name, typefaces } = script
      return { image, character, split, script: name, face: typefaces[j], ...picture(image) }
    }),
  ),
)

/** Quantiles of each sample's similarity to the nearest in its group that `differs`. */
function nearest(title, grouped, differs) {
  const values = []
  let closest = { value: 0 }
  for (const group of grouped) {
    for (const a of group) {
      let best = 0
      for (const b of group) {
        if (!differs(a, b)) continue
        const value = similarity(a, b, best)
        if (value > closest.value) closest = { value, pair: [a, b] }
        best = Math.max(best, value)
      }
      if (best > 0) values.push(best)
    }
  }
  values.sort((a, b) => a - b)
  const at = (q) => values[Math.round(q * (values.length - 1))].toFixed(3)
  const named = closest.pair.map((s) => `${s.character} (${s.face})`).join(' / ')
  console.log(
    `${title}: min ${at(0)}, median ${at(0.5)}, 99 % ${at(0.99)}, max ${at(1)} (${named})`,
  )
}

nearest(
  'nearest other typeface of a character',
  groups(samples, (s) => s.character),
  (a, b) => a.face !== b.face,
)
nearest(
  'nearest other character of a typeface',
  groups(samples, (s) => s.face),
  (a, b) => a.character !== b.character,
)
nearest('nearest sample of another split', [samples], (a, b) => a.split !== b.split)

// mulberry32
function generator(seed) {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

function drawn(list, count, random) {
  const rest = [...list]
  return Array.from({ length: count }, () => {
    return rest.splice(Math.floor(random() * rest.length), 1)[0]
  })
}

/** Rotates by up to 12.5 degrees, shears by up to 0.2, scales by 0.8 to 1.2, shifts by up to 2 px. */
function distorted(image, random) {
  const within = (limit) => (2 * random() - 1) * limit
  const angle = (within(12.5) * Math.PI) / 180
  const [shear, zoom, dx, dy] = [within(0.2), 1 + within(0.2), within(2), within(2)]
  const [sin, cos] = [Math.sin(angle) / zoom, Math.cos(angle) / zoom]
  const centre = (side - 1) / 2
  return image.map((_, i) => {
    const x = (i % side) - centre - dx
    const y = Math.floor(i / side) - centre - dy
    return at(image, centre + cos * x + (sin + shear) * y, centre - sin * x + cos * y)
  })
}

function at(image, x, y) {
  const [left, top] = [Math.floor(x), Math.floor(y)]
  const value = (i, j) => (i >= 0 && i < side && j >= 0 && j < side ? image[j * side + i] : 0)
  const row = (j) => value(left, j) * (left + 1 - x) + value(left + 1, j) * (x - left)
  return row(top) * (top + 1 - y) + row(top + 1) * (y - top)
}

function cosine(a, b) {
  let [ab, aa, bb] = [0, 0, 0]
  for (let i = 0; i < a.length; i++) {
    ab += a[i] * b[i]
    aa += a[i] * a[i]
    bb += b[i] * b[i]
  }
  return ab / Math.sqrt(aa * bb)
}

/** Accuracy over 600 one-shot episodes with one query a class (five for five ways), in per cent. */
function accuracy(classes, ways, distort) {
  const random = generator(1)
  const show = ({ image }) => (distort ? distorted(image, random) : image)
  const queries = ways === 5 ? 5 : 1
  let right = 0
  for (let episode = 0; episode < 600; episode++) {
    const tasks = drawn(classes, ways, random).map((s) => drawn(s, 1 + queries, random).map(show))
    tasks.forEach((images, label) => {
      for (const query of images.slice(1)) {
        const scores = tasks.map(([support]) => cosine(query, support))
        right += scores.indexOf(Math.max(...scores)) === label ? 1 : 0
      }
    })
  }
  return ((100 * right) / (600 * ways * queries)).toFixed(1)
}

const characters = groups(
  samples.filter((s) => s.split === 'test'),
  (s) => s.character,
)
for (const ways of [5, 20]) {
  for (const distort of [false, true]) {
    console.log(
      `${ways}-way, ${distort ? 'distorted' : 'plain'}: ${accuracy(characters, ways, distort)} %`,
    )
  }
}
for (const script of groups(characters, ([first]) => first.script)) {
  const name = script[0][0].script
  console.log(
    `20-way within ${name}: ${accuracy(script, 20, false)} / ${accuracy(script, 20, true)} %`,
  )
}
