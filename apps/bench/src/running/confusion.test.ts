import { rng, type TaskSource } from '@kshot/core'
import { type Dataset, episodes } from '@kshot/episodes'
import { describe, expect, it } from 'vitest'
import { confusionOf } from './confusion'

const shape = { ways: 4, shots: 1, queries: 2, seed: 3 }

/** Four characters of two scripts, or of none. */
function characters(grouped: boolean, count = 4): Dataset {
  const classes = Array.from({ length: count }, (_, i) => ({
    id: `${i % 2 ? 'odd' : 'even'}/${i}`,
    size: 5,
    ...(grouped && { group: i % 2 ? 'odd' : 'even' }),
  }))
  const spec = { package: 'test', export: 'characters', options: {} }
  return { spec, shape: [1], classes, read: (_c, _e, target, at) => target.fill(0, at, at + 1) }
}

describe('confusion', () => {
  it('counts all queries by the groups of truth and prediction', () => {
    const source = episodes(characters(true), shape)
    const right = [0, 1, 2].map((i) => source.plan(i).query.map(({ label }) => label))
    expect(confusionOf(source, right)).toEqual({
      groups: ['even', 'odd'],
      counts: [
        [12, 0],
        [0, 12],
      ],
    })
    const { classes, query } = source.plan(0)
    const wrong = query.map(({ label }) => classes.findIndex((c) => c % 2 !== classes[label]! % 2))
    expect(confusionOf(source, [wrong])!.counts).toEqual([
      [0, 4],
      [4, 0],
    ])
  })

  it('is among the classes themselves where they have no group', () => {
    const source = episodes(characters(false), shape)
    const predicted = [source.plan(0).query.map(() => 2)]
    const { groups, counts } = confusionOf(source, predicted)!
    expect(groups).toEqual(['even/0', 'even/2', 'odd/1', 'odd/3'])
    const column = groups.indexOf(characters(false).classes[source.plan(0).classes[2]!]!.id)
    expect(counts.map((row) => row[column])).toEqual([2, 2, 2, 2])
  })

  it('is left out for more groups than can be read, and for a regression', () => {
    const many = episodes(characters(false, 50), shape)
    expect(confusionOf(many, [many.plan(0).query.map(() => 0)])).toBeUndefined()
    const sines = Object.assign(() => rng(0), { spec: many.spec, taskSpec: { inputShape: [1] } })
    expect(confusionOf(sines as unknown as TaskSource, [])).toBeUndefined()
  })
})
