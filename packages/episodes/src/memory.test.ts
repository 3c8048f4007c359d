import { datasetSuite, exampleOf as example, rebuilt } from '@kshot/testkit'
import { describe, expect, it } from 'vitest'
import { fromArrays } from './memory'
import { expectError, randomImages } from './testing'

datasetSuite('data in memory', () => randomImages({ classes: 3, size: 4 }))

const flowers = { name: 'flowers', shape: [2], x: [1, 2, 3, 4, 5, 6], labels: ['b', 'a', 'b'] }

describe('fromArrays', () => {
  it('gathers the examples of a label', () => {
    const data = fromArrays(flowers)
    expect(data.classes).toEqual([
      { id: 'b', size: 2 },
      { id: 'a', size: 1 },
    ])
    expect(example(data, 0, 1)).toEqual([5, 6])
    expect(example(data, 1, 0)).toEqual([3, 4])
  })

  it('is named by its contents', () => {
    const { spec } = fromArrays(flowers)
    expect(fromArrays({ ...flowers, x: Float32Array.from(flowers.x) }).spec).toEqual(spec)
    expect(fromArrays({ ...flowers, x: [1, 2, 3, 4, 5, 7] }).spec).not.toEqual(spec)
    expect(fromArrays({ ...flowers, labels: ['b', 'a', 'a'] }).spec).not.toEqual(spec)
  })

  it('does not see later changes of the array', () => {
    const x = Float32Array.from(flowers.x)
    const data = fromArrays({ ...flowers, x })
    x.fill(0)
    expect(example(data, 0, 0)).toEqual([1, 2])
  })

  it('refuses numbers that do not fit, and what is no number', async () => {
    const from = (change: object) => () => fromArrays({ ...flowers, ...change })
    await expectError(from({ labels: ['a'] }), 'episodes/bad-array', '6 numbers for 1 labels')
    await expectError(from({ x: [1, 2, 3, Number.NaN, 5, 6] }), 'episodes/bad-array', 'example 1')
  })

  it('says that its spec alone cannot bring the data back', () =>
    expectError(
      () => rebuilt(fromArrays(flowers).spec, 'dataset', async () => ({ fromArrays })),
      'episodes/bad-array',
      'flowers',
    ))
})
