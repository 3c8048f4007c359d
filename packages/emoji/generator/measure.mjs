// Measures what ../README.md says: how alike pictures are, and how far raw pixels come across artists.
// Run `turbo build` first.
import { emoji } from '../dist/index.js'
import { coarse, mayBeAlike, prepared, similarity } from './similarity.mjs'

const splits = await emoji()
for (const ways of [5, 20]) console.log(`${ways}-way 1-shot:`, accuracy(splits.test, ways, 600))
for (const ways of [5, 20]) console.log(`${ways}-way 1-shot, all:`, accuracy(joined(), ways, 600))
for (const [name, split] of Object.entries(splits)) {
  const groups = grouped(split.classes)
  for (const [group, { length }] of groups) console.log(name, group, length)
  const sizes = split.classes.map(({ size }) => size)
  console.log(name, split.classes.length, 'classes', sum(sizes), 'pictures')
}

for (const [one, other] of [
  ['test', 'train'],
  ['validation', 'train'],
  ['test', 'validation'],
]) {
  const [from, to] = [pictures(splits[one]), pictures(splits[other])]
  const nearest = from.map((a) => {
    const close = to.filter((b) => mayBeAlike(a.blocks, b.blocks, 0.85))
    return close.reduce(
      (best, b) => {
        const value = similarity(a.values, b.values)
        return value > best.value ? { value, a: a.id, b: b.id } : best
      },
      { value: 0 },
    )
  })
  nearest.sort((a, b) => b.value - a.value)
  console.log(`nearest of ${other} to each picture of ${one}:`)
  for (const { value, a, b } of nearest.slice(0, 12)) console.log(' ', value.toFixed(3), a, b)
  const at = (share) => nearest[Math.floor(share * (nearest.length - 1))].value.toFixed(3)
  console.log('  above 0.85:', nearest.filter(({ value }) => value > 0.85).length, 'max', at(0))
}

function pictures(split) {
  return split.classes.flatMap(({ id, size }, c) =>
    Array.from({ length: size }, (_, i) => {
      const values = prepared(split.rgba(c, i))
      return { id: `${id} by ${split.drawer(c, i)}`, values, blocks: coarse(values) }
    }),
  )
}

function grouped(classes) {
  const groups = new Map()
  for (const entry of classes) groups.set(entry.group, [...(groups.get(entry.group) ?? []), entry])
  return groups
}

function joined() {
  const all = Object.values(splits).flatMap((split) =>
    Array.from(split.classes.keys(), (c) => [split, c]),
  )
  return {
    classes: all.map(([split, c]) => split.classes[c]),
    drawer: (c, i) => all[c][0].drawer(all[c][1], i),
    read: (c, i, ...rest) => all[c][0].read(all[c][1], i, ...rest),
  }
}

/**
 * Nearest centroid by cosine on raw pixels, centred by the mean of the support: an episode's support is
 * of one artist, its queries of another, one an emoji.
 */
function accuracy(split, ways, episodes) {
  const random = generator(1)
  const artists = [
    ...new Set(
      split.classes.flatMap(({ size }, c) =>
        Array.from({ length: size }, (_, i) => split.drawer(c, i)),
      ),
    ),
  ]
  const by = split.classes.map(
    ({ size }, c) => new Map(Array.from({ length: size }, (_, i) => [split.drawer(c, i), i])),
  )
  const scores = []
  while (scores.length < episodes) {
    const [a, b] = shuffled(artists, random)
    const both = [...by.keys()].filter((c) => by[c].has(a) && by[c].has(b))
    if (both.length < ways) continue
    const chosen = shuffled(both, random).slice(0, ways)
    const pixels = (artist) =>
      chosen.map((c) => {
        const target = new Float32Array(64 * 64 * 3)
        split.read(c, by[c].get(artist), target, 0)
        return target
      })
    const [support, queries] = [pixels(a), pixels(b)]
    const mean = new Float32Array(64 * 64 * 3)
    for (const x of support) for (let p = 0; p < mean.length; p++) mean[p] += x[p] / ways
    const unit = (x) => {
      for (let p = 0; p < x.length; p++) x[p] -= mean[p]
      const norm = Math.sqrt(dot(x, x)) || 1
      return x.map((value) => value / norm)
    }
    const keys = support.map(unit)
    const right = queries.filter((query, k) => {
      const q = unit(query)
      const cosines = keys.map((key) => dot(key, q))
      return cosines.indexOf(Math.max(...cosines)) === k
    })
    scores.push(right.length / ways)
  }
  const mean = sum(scores) / episodes
  const deviation = Math.sqrt(sum(scores.map((s) => (s - mean) ** 2)) / (episodes - 1))
  return `${(100 * mean).toFixed(1)} ± ${((196 * deviation) / Math.sqrt(episodes)).toFixed(1)} %`
}

function dot(a, b) {
  let total = 0
  for (let p = 0; p < a.length; p++) total += a[p] * b[p]
  return total
}

function sum(values) {
  return values.reduce((total, value) => total + value, 0)
}

function shuffled(values, random) {
  const result = [...values]
  for (let i = result.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    ;[result[i], result[j]] = [result[j], result[i]]
  }
  return result
}

/** Mulberry32. */
function generator(seed) {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}
