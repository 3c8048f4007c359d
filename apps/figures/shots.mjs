// Convex heads on frozen encoders from 1 to 20 examples a class, beside centroid and neighbours: paired by draw.
import { episodes } from '@kshot/episodes'
import { emojiDraws } from './draws.mjs'
import { emojiEmbedded, intentsBy, omniglotEmbedded } from './embeddings.mjs'
import { heads } from './heads.mjs'
import { asked } from './measure.mjs'
import { summary } from './summary.mjs'

const DRAWS = 10
const WAYS = 10

export async function shotsFigures() {
  const drawn = { ways: WAYS, seed: 'shots' }
  const texts = async (name) => {
    const { test } = await intentsBy(name)
    return nested(episodes(test, { ...drawn, shots: 20, queries: 10 }), test)
  }
  // A class has twenty drawings.
  const drawings = async () => {
    const data = await omniglotEmbedded()
    return nested(episodes(data, { ...drawn, shots: 15, queries: 5 }), data)
  }
  // An emoji has at most seven artists.
  const emoji = async () => {
    const { test } = await emojiEmbedded()
    return (shots) => emojiDraws({ data: test, ...drawn, shots })
  }
  return [
    await cells('sentences (CLINC150), textEncoder()', await texts('textEncoder'), 20),
    await cells('sentences (CLINC150), staticTextEncoder()', await texts('staticTextEncoder'), 20),
    await cells('drawings (Omniglot), imageEncoder()', await drawings(), 15),
    await cells('emoji across artists, imageEncoder()', await emoji(), 5),
  ]
}

/** The same classes, questions and first examples, whatever the shots. */
function nested(tasks, data) {
  const read = (list) =>
    list.map(({ label, classIndex, example }) => [label, data.row(classIndex, example)])
  return (shots) => (index) => {
    const { support, query } = tasks.plan(index)
    const taken = new Map()
    const first = read(support).filter(([label]) => {
      taken.set(label, (taken.get(label) ?? 0) + 1)
      return taken.get(label) <= shots
    })
    return { support: first, query: read(query), strangers: [] }
  }
}

async function cells(name, drawOf, most) {
  const found = []
  for (const shots of [1, 2, 5, 10, 15, 20].filter((shots) => shots <= most)) {
    if (shots === 15 && most > 15) continue
    const draw = drawOf(shots)
    const rows = {}
    for (const [head, options] of Object.entries(heads)) {
      rows[head] = []
      for (let i = 0; i < DRAWS; i++) rows[head].push(await asked(draw(i), options()))
    }
    const of = Object.entries(summary(rows))
    const accuracies = of.map(([head, { accuracy, beyondCentroid }]) => [
      head,
      { accuracy, beyondCentroid },
    ])
    found.push({ shots, heads: Object.fromEntries(accuracies) })
    console.error(name, JSON.stringify(found.at(-1)))
  }
  return { name, ways: WAYS, draws: DRAWS, cells: found }
}
