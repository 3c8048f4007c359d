// Chooses the classes: emoji that the required sets and at least four sets in all have drawn, each
// artist's drawing once.
import { createRequire } from 'node:module'
import { iconsOf, render } from './render.mjs'
import { coarse, mayBeAlike, prepared, similarity } from './similarity.mjs'
import {
  ambiguous,
  artists,
  copyBound,
  fewestDrawings,
  groupOf,
  required,
  sameBound,
} from './sources.mjs'

const require = createRequire(import.meta.url)

/** [{ name, emoji, group, drawings: [{ artist, rgba, values }] }], in Unicode's order */
export async function chooseClasses() {
  const named = await Promise.all(candidates().map(drawn))
  const copies = named.map(withoutCopies)
  const enough = copies.filter(({ drawings }) => drawings.length >= fewestDrawings)
  const classes = withoutSame(enough)
  const count = (all) => all.reduce((sum, { drawings }) => sum + drawings.length, 0)
  console.log(`${named.length} emoji of ${count(named)} drawings`)
  console.log(`${count(named) - count(copies)} near-copies left out`)
  console.log(`${enough.length - classes.length} emoji that look like another left out`)
  console.log(`${classes.length} classes of ${count(classes)} drawings`)
  return classes
}

const sets = new Map(artists.map(({ name }) => [name, iconsOf(name)]))

function candidates() {
  const chars = require('@iconify-json/twemoji/chars.json')
  const { groups, subgroups } = require('emojibase-data/meta/groups.json')
  const all = require('emojibase-data/en/data.json')
  const places = new Map(all.map((emoji) => [plainCode(emoji.hexcode), emoji]))
  return Object.entries(chars)
    .map(([code, name]) => ({ name, place: places.get(plainCode(code)) }))
    .filter(
      ({ name, place }) => place?.group !== undefined && drawnBy(name).length >= fewestDrawings,
    )
    .filter(
      ({ name }) => required.every((set) => sets.get(set).has(name)) && !ambiguous.includes(name),
    )
    .sort((a, b) => a.place.order - b.place.order)
    .map(({ name, place: { emoji, group, subgroup } }) => {
      return { name, emoji, group: groupOf(groups[group], subgroups[subgroup], name) }
    })
    .filter(({ group }) => group !== undefined)
}

function plainCode(code) {
  return code.toLowerCase().replace(/-fe0f/g, '')
}

function drawnBy(name) {
  return artists.filter((artist) => sets.get(artist.name).has(name))
}

async function drawn({ name, ...emoji }) {
  const drawings = await Promise.all(
    drawnBy(name).map(async ({ name: artist }) => {
      const rgba = await render(sets.get(artist).svg(name))
      const values = prepared(rgba)
      return { artist, rgba, values, blocks: coarse(values) }
    }),
  )
  return { name, ...emoji, drawings }
}

function withoutCopies({ drawings, ...emoji }) {
  const kept = []
  for (const drawing of drawings) {
    if (kept.every(({ values }) => similarity(values, drawing.values) < copyBound))
      kept.push(drawing)
  }
  return { ...emoji, drawings: kept }
}

/** Leaves out an emoji that an artist has drawn as an earlier one of the same split or another. */
function withoutSame(classes) {
  const kept = []
  for (const candidate of classes) {
    const same = kept.find((other) => other.drawings.some((one) => isIn(one, candidate)))
    if (same) console.log(`  ${candidate.name} is ${same.name}`)
    else kept.push(candidate)
  }
  return kept
}

function isIn({ artist, blocks, values }, { drawings }) {
  const own = drawings.find((drawing) => drawing.artist === artist)
  if (!own || !mayBeAlike(blocks, own.blocks, sameBound)) return false
  return similarity(values, own.values) >= sameBound
}
