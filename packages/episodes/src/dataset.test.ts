import type { Spec } from '@kshot/core'
import { datasetSuite, exampleOf as example, rebuilt } from '@kshot/testkit'
import { describe, expect, it } from 'vitest'
import { assertDisjoint, concatenate, rotations, subset, turn } from './dataset'
import { expectError, randomImages } from './testing'

const spec: Spec = { package: '@kshot/episodes', export: 'subset', options: {} }
const odd = () => {
  const all = randomImages({ classes: 8, size: 3 })
  return subset(all, spec, (_, i) => i % 2 === 1)
}

datasetSuite('subset', odd)
datasetSuite('rotations', () => rotations(randomImages({ classes: 4, size: 3, shape: [4, 4, 2] })))
datasetSuite('concatenate', () =>
  concatenate(
    randomImages({ classes: 2, size: 3, name: 'a' }),
    randomImages({ classes: 3, size: 4, name: 'b' }),
  ),
)

describe('subset', () => {
  it('has the classes that were kept, with their examples', () => {
    const all = randomImages({ classes: 8, size: 3 })
    expect(odd().classes.map(({ id }) => id)).toEqual(['class1', 'class3', 'class5', 'class7'])
    expect(example(odd(), 2, 1)).toEqual(example(all, 5, 1))
  })
})

describe('concatenate', () => {
  it('has the classes of the first, then of the second', () => {
    const [a, b] = [
      randomImages({ classes: 2, size: 3, name: 'a' }),
      randomImages({ classes: 3, size: 4, name: 'b' }),
    ]
    const both = concatenate(a, b)
    expect(both.classes).toEqual([...a.classes, ...b.classes])
    expect(example(both, 1, 2)).toEqual(example(a, 1, 2))
    expect(example(both, 4, 3)).toEqual(example(b, 2, 3))
  })

  it('refuses a class in both, and other shapes', async () => {
    const a = randomImages({ classes: 2, size: 3 })
    await expectError(() => concatenate(a, a), 'episodes/splits-overlap', 'class0')
    const other = randomImages({ classes: 2, size: 3, name: 'b', shape: [6, 6, 1] })
    await expectError(() => concatenate(a, other), 'episodes/bad-option', '5,5,1', '6,6,1')
  })
})

describe('assertDisjoint', () => {
  it('names the class and both splits, and takes a rotation for the class it comes from', async () => {
    const data = randomImages({ classes: 3, size: 2 })
    const [train, test] = [
      subset(data, spec, (_, i) => i < 2),
      rotations(subset(data, spec, (_, i) => i > 0)),
    ]
    const turned = subset(test, spec, ({ id }) => id.endsWith('rot270'))
    await expectError(
      () => assertDisjoint({ train, validation: turned }),
      'episodes/splits-overlap',
      'class1',
      'train',
      'validation',
    )
    const rest = subset(data, spec, (_, i) => i === 2)
    expect(() => assertDisjoint({ train, test: rest })).not.toThrow()
  })
})

describe('rotations', () => {
  it('turns counter-clockwise, and four quarter turns are none', () => {
    const picture = Float32Array.from([0, 1, 2, 3, 4, 5, 6, 7, 8])
    const once = picture.slice()
    turn(once, 0, 3, 1, 1)
    expect([...once]).toEqual([2, 5, 8, 1, 4, 7, 0, 3, 6])
    for (const quarters of [2, 3]) {
      const direct = picture.slice()
      turn(direct, 0, 3, 1, quarters)
      const stepwise = picture.slice()
      for (let i = 0; i < quarters; i++) turn(stepwise, 0, 3, 1, 1)
      expect(direct).toEqual(stepwise)
    }
    for (let i = 0; i < 3; i++) turn(once, 0, 3, 1, 1)
    expect(once).toEqual(picture)
  })

  it('makes each class four, and each group', () => {
    const one = { ...randomImages({ classes: 1, size: 2 }) }
    const grouped = { ...one, classes: one.classes.map((c) => ({ ...c, group: 'Greek' })) }
    const { classes } = rotations(grouped)
    const turns = ['', '/rot90', '/rot180', '/rot270']
    const expected = turns.map((t) => ({ id: `class0${t}`, group: `Greek${t}`, size: 2 }))
    expect(classes).toEqual(expected)
  })

  it('keeps the channels of a pixel together', () => {
    const data = randomImages({ classes: 1, size: 1, shape: [2, 2, 3] })
    const [a, b, c, d] = [0, 3, 6, 9].map((i) => example(data, 0, 0).slice(i, i + 3))
    expect(example(rotations(data), 1, 0)).toEqual([b, d, a, c].flat())
  })

  it('refuses images that are not square', async () => {
    const wide = randomImages({ classes: 1, size: 1, shape: [2, 3, 1] })
    await expectError(() => rotations(wide), 'episodes/bad-option', '2,3,1')
  })
})

describe('specs of data sets', () => {
  it('build rotations and concatenations again', async () => {
    const of = (name: string): Spec => ({ package: 'test', export: 'images', options: { name } })
    const images = ({ name }: { name: string }) => ({
      ...randomImages({ classes: 2, size: 2, name }),
      spec: of(name),
    })
    const data = rotations(concatenate(images({ name: 'a' }), images({ name: 'b' })))
    const load = async (name: string) => (name === 'test' ? { images } : import('./index'))
    const again = await rebuilt<typeof data>(data.spec, 'dataset', load)
    expect(again.classes).toEqual(data.classes)
    expect(example(again, 6, 1)).toEqual(example(data, 6, 1))
  })
})
