import '@tensorflow/tfjs-backend-cpu'
import { disposeTask, type Spec } from '@kshot/core'
import { exampleOf as example, leaked, rebuilt } from '@kshot/testkit'
import { setBackend } from '@tensorflow/tfjs-core'
import { assert, constantFrom, integer, property, record } from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { rotations } from './dataset'
import { type EpisodeSource, episodes } from './episodes'
import type { EpisodeOptions, Slot } from './plan'
import { expectError, randomImages } from './testing'

const data = randomImages({ classes: 9, size: 8 })
const rotated = rotations(data)

const anyOptions = record({
  ways: integer({ min: 1, max: 9 }),
  shots: integer({ min: 1, max: 4 }),
  queries: integer({ min: 1, max: 4 }),
  seed: integer(),
  rotate: constantFrom('none' as const, 'per-class' as const),
})
const anyIndex = integer({ min: 0, max: 1_000_000 })
const forAll = (check: (options: EpisodeOptions, index: number) => void) =>
  assert(property(anyOptions, anyIndex, check), { numRuns: 100 })

const key = ({ classIndex, example }: Slot) => `${classIndex}/${example}`
const counts = (slots: readonly Slot[], ways: number) =>
  Array.from({ length: ways }, (_, label) => slots.filter((s) => s.label === label).length)

beforeAll(() => setBackend('cpu'))

describe('a plan', () => {
  it('is a function of its index, in whatever order it is asked for', () => {
    forAll((options, index) => {
      const [one, other] = [episodes(data, options), episodes(data, options)]
      const expected = one.plan(index)
      other.plan(index + 1)
      other.plan(0)
      expect(other.plan(index)).toEqual(expected)
      expect(one.plan(index)).toEqual(expected)
    })
  })

  it('has K support and Q query examples of each class, and no example twice', () => {
    forAll((options, index) => {
      const { classes, support, query } = episodes(data, options).plan(index)
      const ways = options.ways as number
      expect(new Set(classes).size).toBe(ways)
      expect(counts(support, ways)).toEqual(Array(ways).fill(options.shots))
      expect(counts(query, ways)).toEqual(Array(ways).fill(options.queries))
      const keys = [...support, ...query].map(key)
      expect(new Set(keys).size).toBe(keys.length)
      for (const { label, classIndex, example } of [...support, ...query]) {
        expect(classes[label]).toBe(classIndex)
        expect(example).toBeLessThan(8)
      }
    })
  })

  it('keeps classes, turns, distortions and support set when only the queries change', () => {
    forAll((options, index) => {
      const distort = { rotation: 20, shift: 1 }
      const plan = (queries: number) => episodes(data, { ...options, queries, distort }).plan(index)
      const [few, many] = [plan(1), plan(4)]
      expect(many.support).toEqual(few.support)
      expect(many.classes).toEqual(few.classes)
    })
  })

  it('differs from seed to seed and from index to index', () => {
    const plan = (seed: number | string, index: number) =>
      JSON.stringify(episodes(data, { ways: 5, shots: 1, queries: 3, seed }).plan(index).support)
    const all = [0, 1, 2, 'a'].flatMap((seed) => [0, 1, 2].map((index) => plan(seed, index)))
    expect(new Set(all).size).toBe(all.length)
  })

  it('deals labels at random, and shuffles support and query', () => {
    const source = episodes(data, { ways: 3, shots: 2, queries: 2, seed: 1 })
    const plans = Array.from({ length: 200 }, (_, i) => source.plan(i))
    const labelsOfFirst = plans.map(({ classes }) => classes.indexOf(0)).filter((l) => l >= 0)
    expect(new Set(labelsOfFirst)).toEqual(new Set([0, 1, 2]))
    for (const role of ['support', 'query'] as const) {
      const orders = plans.map((plan) => plan[role].map(({ label }) => label).join(''))
      expect(new Set(orders).size).toBeGreaterThan(20)
    }
  })

  it('draws each class and each example about equally often', () => {
    const source = episodes(data, { ways: 3, shots: 1, queries: 1, seed: 5 })
    const seen = new Array(9 * 8).fill(0)
    for (let i = 0; i < 4800; i++) {
      for (const { classIndex, example } of source.plan(i).support) seen[classIndex * 8 + example]++
    }
    // 200 expected; six standard deviations
    expect(Math.min(...seen)).toBeGreaterThan(115)
    expect(Math.max(...seen)).toBeLessThan(285)
  })

  it('draws ways and shots from a range, one number an episode or one a class', () => {
    const plans = (shots: EpisodeOptions['shots']) => {
      const source = episodes(data, { ways: { min: 2, max: 4 }, shots, queries: 1, seed: 1 })
      return Array.from({ length: 60 }, (_, i) => source.plan(i))
    }
    const even = plans({ min: 1, max: 3 })
    expect(new Set(even.map(({ ways }) => ways))).toEqual(new Set([2, 3, 4]))
    const spread = even.map(({ support, ways }) => new Set(counts(support, ways)))
    expect(spread.every(({ size }) => size === 1)).toBe(true)
    expect(new Set(spread.flatMap((s) => [...s]))).toEqual(new Set([1, 2, 3]))
    const uneven = plans({ min: 1, max: 3, perClass: true })
    expect(uneven.some(({ support, ways }) => new Set(counts(support, ways)).size > 1)).toBe(true)
  })

  it('counts the rotations of a class as classes of their own', () => {
    const source = episodes(rotated, { ways: 30, shots: 1, queries: 1, seed: 1 })
    const { classes } = source.plan(0)
    expect(new Set(classes).size).toBe(30)
  })

  it('turns all examples of a class alike', () => {
    const source = episodes(data, { ways: 9, shots: 2, queries: 2, seed: 1, rotate: 'per-class' })
    const { support, query } = source.plan(0)
    const turns = new Map(support.map((slot) => [slot.label, slot.quarterTurns]))
    expect(new Set(turns.values()).size).toBeGreaterThan(1)
    for (const { label, quarterTurns } of query) expect(quarterTurns).toBe(turns.get(label))
  })
})

describe('an episode', () => {
  it('shows what its plan says', () => {
    const source = episodes(data, { ways: 4, shots: 2, queries: 3, seed: 1 })
    const { support, query, classes, id } = source(7)
    const plan = source.plan(7)
    expect(support.x.shape).toEqual([8, 5, 5, 1])
    expect([query.x.shape, query.x.dtype]).toEqual([[12, 5, 5, 1], 'float32'])
    expect([query.y.shape, query.y.dtype]).toEqual([[12], 'int32'])
    expect([...query.y.dataSync()]).toEqual(plan.query.map(({ label }) => label))
    const pixels = plan.support.flatMap((s) => example(data, s.classIndex, s.example))
    expect([...support.x.dataSync()]).toEqual(pixels)
    expect([support.ways, query.ways]).toEqual([4, 4])
    expect(classes).toEqual(plan.classes.map((i) => data.classes[i]!.id))
    expect(id.index).toBe(7)
    disposeTask({ support, query })
  })

  it('leaves no tensor behind once it is disposed of', async () => {
    const source = episodes(data, { ways: 4, shots: 1, queries: 3, seed: 1 })
    const many = () => {
      for (let i = 0; i < 50; i++) disposeTask(source(i))
    }
    expect(await leaked(many)).toBe(0)
  })

  it('is the same from a source that was built from the spec', async () => {
    const spec: Spec = { package: 'test', export: 'images', options: {} }
    const images = () => ({ ...data, spec })
    const options = { ways: 3, shots: 1, queries: 2, seed: 'x', distort: { rotation: 10 } }
    const source = episodes(images(), options)
    const load = async (name: string) => (name === 'test' ? { images } : import('./index'))
    const again = await rebuilt<EpisodeSource>(
      JSON.parse(JSON.stringify(source.spec)),
      'tasks',
      load,
    )
    expect(again.plan(3)).toEqual(source.plan(3))
    expect(again.spec).toEqual(source.spec)
    expect(source.taskSpec).toEqual({ inputShape: [5, 5, 1], ways: 3 })
  })
})

describe('bad input', () => {
  const draw = (options: Partial<EpisodeOptions>, from = data) =>
    expectErrorOf(() => episodes(from, { ways: 5, shots: 1, queries: 1, seed: 1, ...options }))
  const expectErrorOf = (f: () => unknown) => (code: string, mention: string) =>
    expectError(f, code, mention)

  it('fewer classes than ways', () => draw({ ways: 10 })('episodes/too-few-classes', '9 classes'))

  it('a class with fewer than K + Q examples', async () => {
    await draw({ queries: 8 })('episodes/class-too-small', "'class0' with 8 examples")
    await draw({ shots: { min: 1, max: 8 } })('episodes/class-too-small', '8 support')
  })

  it('numbers that make no sense', async () => {
    for (const wrong of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      await draw({ ways: wrong })('episodes/bad-option', 'ways')
      await draw({ shots: wrong })('episodes/bad-option', 'shots')
    }
    await draw({ queries: Number.NaN })('episodes/bad-option', 'queries')
    await draw({ ways: { min: 4, max: 3 } })('episodes/bad-option', 'ways')
    await draw({ distort: { rotation: Number.NaN } })('episodes/bad-option', 'distort.rotation')
  })

  it('turns of images that are not square', () => {
    const wide = randomImages({ classes: 5, size: 3, shape: [2, 3, 1] })
    return draw({ rotate: 'per-class' }, wide)('episodes/bad-option', '2,3,1')
  })
})
