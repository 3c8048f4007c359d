import { describe, expect, it } from 'vitest'
import { markdown } from './formats/markdown'
import type { DoneRow } from './row'
import { row, sources } from './rows.testing'
import { tablesOf } from './tables'
import { untrainedText } from './untrained'

const scores = (mean: number) => Array.from({ length: 40 }, (_, i) => mean + 0.01 * (i % 3))
const train = { ...row().train, steps: 0, images: 0 }
const untrained = (mean: number) =>
  row({ learner: 'nearest-centroid', scores: scores(mean), more: { train } })
const trained = (learner: string, mean: number) => row({ learner, scores: scores(mean) })
const textOf = (...rows: DoneRow[]) => untrainedText(tablesOf(sources(...rows))[0]!)

describe('a table in which trained learners lose to an untrained one', () => {
  it('says so', () => {
    const rows = [untrained(0.9), trained('protonet', 0.8), trained('matching', 0.7)]
    const words = 'nearest-centroid, which is not trained, does better than protonet and matching.'
    expect(textOf(...rows)).toBe(`Training did not help here: ${words}`)
    expect(markdown(tablesOf(sources(...rows)))).toContain(words)
  })

  it('names those that lose where others win', () => {
    expect(textOf(untrained(0.8), trained('protonet', 0.9), trained('siamese', 0.6))).toBe(
      'Not trained, and yet ahead: nearest-centroid, which is not trained, does better than siamese.',
    )
  })

  it('names a few of many', () => {
    const many = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => trained(name, 0.5))
    expect(textOf(untrained(0.8), ...many)).toMatch(/than a, b, c and 3 more\.$/)
  })

  it('says nothing where training helps, or makes no difference, or nothing was trained', () => {
    expect(textOf(untrained(0.7), trained('protonet', 0.8))).toBeUndefined()
    expect(textOf(untrained(0.8), trained('protonet', 0.8))).toBeUndefined()
    expect(textOf(untrained(0.8))).toBeUndefined()
    expect(textOf(trained('protonet', 0.8))).toBeUndefined()
  })
})
