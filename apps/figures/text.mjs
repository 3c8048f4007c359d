// CLINC150: accuracy, calibration and "none of these" by head, for both text encoders.
import { centroidHead, neighboursHead } from '@kshot/core'
import { intentDraws } from './draws.mjs'
import { intentsBy } from './embeddings.mjs'
import { heads, metaTrained } from './heads.mjs'
import { area, asked } from './measure.mjs'
import { summary } from './summary.mjs'

const QUERIES = 10
/** Draws of 5 and 10 ways are of the test domains, 150 ways are all there are. */
const SETTINGS = [
  { ways: 5, count: 24, strangers: 50 },
  { ways: 10, count: 12, strangers: 50 },
  { ways: 150, count: 1, strangers: 300 },
]
const SHOTS = [1, 5, 10]
/** What a fit to so many classes would take here is minutes. */
const SMALL_ONLY = ['logistic', 'svm']

export async function textFigures(encoder) {
  const { train, validation, test, all, outside } = await intentsBy(encoder)
  const learned = await metaTrained(
    { train, validation },
    { steps: 300, outputs: 256, rate: 1e-3, scale: 10 },
  )
  const cells = []
  for (const { ways, count, strangers } of SETTINGS) {
    for (const shots of SHOTS) {
      const data = ways === 150 ? all : test
      const draw = intentDraws({
        data,
        outside: outside.test,
        ways,
        shots,
        queries: QUERIES,
        strangers,
      })
      const compared = ways === 150 ? heads : { ...heads, learned }
      const rows = {}
      for (const [name, head] of Object.entries(compared)) {
        if (ways === 150 && SMALL_ONLY.includes(name)) continue
        rows[name] = []
        for (let i = 0; i < count; i++) rows[name].push(await asked(draw(i), head()))
      }
      const areas = { centroid: [], neighbours: [] }
      for (let i = 0; i < count; i++) {
        areas.centroid.push(await area(draw(i), centroidHead()))
        areas.neighbours.push(await area(draw(i), neighboursHead()))
      }
      const cell = { ways, shots, draws: count, heads: summary(rows, areas) }
      console.error(encoder, JSON.stringify(cell))
      cells.push(cell)
    }
  }
  return cells
}
