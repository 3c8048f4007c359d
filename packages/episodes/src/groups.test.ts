import { customEncoder, type Spec } from '@kshot/core'
import { activate, rebuilt } from '@kshot/testkit'
import { assert, constantFrom, integer, property, record } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { concatenate, type Dataset, rotations, subset } from './dataset'
import { encodedDataset } from './encoded'
import { type EpisodeSource, episodes } from './episodes'
import { episodeSetHash } from './hash'
import type { EpisodeOptions } from './plan'
import { expectError, randomImages } from './testing'

/** Alphabets of 3, 5, 6 and 10 characters, by 8 drawers. */
const SIZES = { Angelic: 3, Bengali: 5, Korean: 6, Tengwar: 10 }
const names = Object.entries(SIZES).flatMap(([name, n]) => Array<string>(n).fill(name))
const flat = randomImages({ classes: names.length, size: 8 })
const data: Dataset = {
  ...flat,
  classes: flat.classes.map((entry, i) => ({ ...entry, group: names[i]! })),
}
const options = { ways: 5, shots: 1, queries: 2, seed: 1, within: 'group' } as const

const groupsIn = (source: EpisodeSource, index: number) => [
  ...new Set(source.plan(index).classes.map((c) => source.dataset.classes[c]!.group)),
]
const first = (source: EpisodeSource, n: number) =>
  Array.from({ length: n }, (_, i) => groupsIn(source, i))

const anyOptions = record({
  ways: integer({ min: 1, max: 10 }),
  shots: integer({ min: 1, max: 3 }),
  queries: integer({ min: 1, max: 3 }),
  seed: integer(),
  within: constantFrom('group' as const, undefined),
  drawers: constantFrom('own' as const, 'shared' as const),
})
const forAll = (check: (options: EpisodeOptions, index: number) => void) =>
  assert(
    property(anyOptions, integer({ min: 0, max: 1_000_000 }), ({ within, ...rest }, index) =>
      check({ ...rest, ...(within && { within }) }, index),
    ),
    { numRuns: 100 },
  )

describe('episodes within a group', () => {
  it('have the classes of one group, each once', () => {
    forAll((given, index) => {
      const source = episodes(data, { ...given, within: 'group' })
      expect(groupsIn(source, index)).toHaveLength(1)
      expect(new Set(source.plan(index).classes).size).toBe(given.ways)
    })
  })

  it('are a function of their index, in whatever order they are asked for', () => {
    forAll((given, index) => {
      const [one, other] = [episodes(data, given), episodes(data, given)]
      const expected = one.plan(index)
      other.plan(index + 1)
      other.plan(0)
      expect(other.plan(index)).toEqual(expected)
    })
  })

  it('take each group once a round, whatever its size, in an order of the round', () => {
    const source = episodes(data, options)
    const rounds = Array.from({ length: 40 }, (_, round) =>
      [0, 1, 2].map((i) => groupsIn(source, 3 * round + i)[0]),
    )
    for (const round of rounds) expect([...round].sort()).toEqual(['Bengali', 'Korean', 'Tengwar'])
    expect(new Set(rounds.map(String)).size).toBe(6)
  })

  it('leave out groups with fewer classes than ways, and classes without a group', () => {
    const seen = (source: EpisodeSource) => [...new Set(first(source, 60).flat())].sort()
    expect(seen(episodes(data, { ...options, ways: 7 }))).toEqual(['Tengwar'])
    const ways = { min: 2, max: 6 }
    expect(seen(episodes(data, { ...options, ways }))).toEqual(['Korean', 'Tengwar'])
    const strays = data.classes.map(({ id, size, group }) =>
      group === 'Korean' ? { id, size } : { id, size, group: group! },
    )
    const some = { ...data, classes: strays }
    expect(seen(episodes(some, options))).toEqual(['Bengali', 'Tengwar'])
  })

  it('take a turned alphabet as one of its own', () => {
    const groups = first(episodes(rotations(data), options), 12).flat()
    expect(new Set(groups).size).toBe(12)
    expect(groups).toContain('Korean/rot270')
  })

  it('draw all classes of a group equally often', () => {
    const seen = new Array(names.length).fill(0)
    const source = episodes(data, options)
    for (let i = 0; i < 3000; i++) for (const c of source.plan(i).classes) seen[c]++
    expect(seen.slice(0, 3)).toEqual([0, 0, 0])
    expect(seen.slice(3, 8)).toEqual(Array(5).fill(1000))
    for (const n of seen.slice(14)) expect(Math.abs(n - 500)).toBeLessThan(100)
  })

  it('have another hash, and come back from their spec', async () => {
    const hash = (given: EpisodeOptions) => episodeSetHash(episodes(data, given), 10)
    const { within: _, ...between } = options
    const shared = { ...options, drawers: 'shared' as const }
    expect(new Set([hash(options), hash(between), hash(shared)]).size).toBe(3)
    const spec: Spec = { package: 'test', export: 'images', options: {} }
    const images = () => ({ ...data, spec })
    const source = episodes(images(), shared)
    expect(source.spec.options).toMatchObject({ within: 'group', drawers: 'shared' })
    const load = async (name: string) => (name === 'test' ? { images } : import('./index'))
    const again = await rebuilt<EpisodeSource>(
      JSON.parse(JSON.stringify(source.spec)),
      'tasks',
      load,
    )
    expect(again.plan(7)).toEqual(source.plan(7))
  })
})

describe('shared drawers', () => {
  it('draw one support set together, and the queries are others', () => {
    forAll((given, index) => {
      const { support, query } = episodes(data, { ...given, drawers: 'shared' }).plan(index)
      const drawers = (slots: typeof support) => new Set(slots.map(({ example }) => example))
      expect(drawers(support).size).toBe(given.shots)
      expect(drawers(query).size).toBe(given.queries)
      expect(new Set([...drawers(support), ...drawers(query)]).size).toBe(
        (given.shots as number) + given.queries,
      )
    })
  })

  it('differ from episode to episode', () => {
    const source = episodes(data, { ...options, queries: 1, drawers: 'shared' })
    const pairs = Array.from({ length: 300 }, (_, i) => {
      const { support, query } = source.plan(i)
      return `${support[0]!.example} ${query[0]!.example}`
    })
    expect(new Set(pairs).size).toBe(8 * 7)
  })

  it('leave the classes as they are', () => {
    forAll((given, index) => {
      const classes = (drawers: 'own' | 'shared') =>
        episodes(data, { ...given, drawers }).plan(index).classes
      expect(classes('shared')).toEqual(classes('own'))
    })
  })
})

describe('shared drawers with names', () => {
  /** Classes of four to six drawers, of six. */
  const named: Dataset = {
    ...flat,
    classes: flat.classes.map((entry, c) => ({ ...entry, size: 4 + (c % 3) })),
    drawer: (c, i) => 'abcdef'[(c + i) % 6]!,
  }
  const drawerOf = ({ classIndex, example }: { classIndex: number; example: number }) =>
    named.drawer!(classIndex, example)

  it('draw the whole support set, and others the queries', () => {
    const shape = { ways: 4, shots: 2, queries: 1, seed: 5 }
    const source = episodes(named, { ...shape, drawers: 'shared' })
    const pairs = Array.from({ length: 60 }, (_, index) => {
      const { classes, support, query } = source.plan(index)
      expect(new Set(classes).size).toBe(4)
      const [teaching, asking] = [new Set(support.map(drawerOf)), new Set(query.map(drawerOf))]
      expect([teaching.size, asking.size]).toEqual([2, 1])
      expect([...asking].some((name) => teaching.has(name))).toBe(false)
      return [...teaching, ...asking].join()
    })
    expect(new Set(pairs).size).toBeGreaterThan(20)
    expect(source.plan(7)).toEqual(source.plan(7))
  })

  it('survive an encoder, subsets and unions', async () => {
    await activate('cpu')
    const encoder = customEncoder({ name: 'sums', dimensions: 1, encode: (x) => x.map(() => [1]) })
    const encoded = await encodedDataset({ dataset: named, encoder: encoder as never })
    const some = subset(named, named.spec, (_, c) => c > 2)
    expect(encoded.drawer!(3, 2)).toBe(named.drawer!(3, 2))
    expect(some.drawer!(0, 2)).toBe(named.drawer!(3, 2))
    expect(
      concatenate(
        subset(named, named.spec, (_, c) => c < 3),
        some,
      ).drawer!(3, 2),
    ).toBe(named.drawer!(3, 2))
  })

  it('are an error where too few of them share classes', () =>
    expectError(
      () => episodes(named, { ways: 20, shots: 2, queries: 1, seed: 1, drawers: 'shared' }),
      'episodes/too-few-classes',
      '6 drawers, of whom no 3 share 20 classes',
    ))
})

describe('bad input', () => {
  const draw = (from: Dataset, given: Partial<EpisodeOptions>) => () =>
    episodes(from, { ...options, ...given })

  it('no group with enough classes: names the largest', () =>
    expectError(
      draw(data, { ways: 11 }),
      'episodes/too-few-classes',
      "4 groups, the largest ('Tengwar') of 10 classes, for 11 classes",
      'a group of at least 11',
    ))

  it('classes without groups', () =>
    expectError(draw(flat, {}), 'episodes/too-few-classes', '24 classes without a group'))

  it('shared drawers of classes that differ in size', () => {
    const classes = data.classes.map((entry, i) => (i === 4 ? { ...entry, size: 7 } : entry))
    return expectError(
      draw({ ...data, classes }, { drawers: 'shared' }),
      'episodes/bad-option',
      /8 \('class0'\) and 7 examples \('class4'\)/,
    )
  })
})
