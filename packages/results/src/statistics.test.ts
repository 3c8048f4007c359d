import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  holm,
  type LearnerScores,
  meanOverSeeds,
  pairedDifference,
  rank,
  type TInterval,
  tInterval,
} from './statistics'

interface Estimate {
  readonly mean: number
  readonly low: number
  readonly high: number
}
interface Pair {
  readonly first: string
  readonly second: string
  readonly difference: Estimate & { p: number; df: number }
  readonly adjustedP: number
}
interface Reference {
  readonly intervals: readonly (Estimate & { name: string; values: number[] })[]
  readonly paired: readonly (Pair['difference'] & { name: string; a: number[]; b: number[] })[]
  readonly holm: readonly { name: string; p: number[]; adjusted: number[] }[]
  readonly rankings: readonly {
    contenders: { name: string; right: number[][] }[]
    overEpisodes: { [name: string]: Estimate }
    overSeeds: { [name: string]: Estimate }
    pairs: Pair[]
    pairsOverSeeds: Pair[]
    rank: { [name: string]: number }
  }[]
}

const file = new URL('../reference/data/statistics.json', import.meta.url)
const reference = JSON.parse(readFileSync(file, 'utf8')) as Reference

/** To ten digits, and tiny p values to as many of their own. */
function close(actual: number, expected: number) {
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(
    1e-10 * Math.max(Math.abs(expected), 1e-4),
  )
}

function same({ mean, interval: [low, high] }: TInterval, expected: Estimate) {
  close(mean, expected.mean)
  close(low, expected.low)
  close(high, expected.high)
}

const fractions = (right: readonly (readonly number[])[]) =>
  right.map((seed) => seed.map((n) => n / 75))

describe('scipy gives the same', () => {
  it.each(reference.intervals)('interval of $name', ({ values, ...expected }) => {
    same(tInterval(values), expected)
  })

  it.each(reference.paired)('paired difference, $name', ({ a, b, ...expected }) => {
    const actual = pairedDifference(a, b)
    same(actual, expected)
    expect(Math.abs(actual.p - expected.p)).toBeLessThanOrEqual(1e-9 * expected.p)
    expect(actual.degreesOfFreedom).toBe(expected.df)
  })

  it.each(reference.holm)('Holm, $name', ({ p, adjusted }) => {
    for (const [i, value] of holm(p).entries()) close(value / adjusted[i]!, 1)
  })

  it.each(reference.rankings.map((r) => [r.contenders[0]!.right.length, r] as const))(
    'ranking of %i seeds',
    (seeds, expected) => {
      const contenders = expected.contenders.map(({ name, right }) => ({
        name,
        scores: fractions(right),
      }))
      const { ranked, comparisons, claim } = rank(contenders)
      for (const { name, rank, overEpisodes, overSeeds } of ranked) {
        expect(rank).toBe(expected.rank[name])
        same(overEpisodes, expected.overEpisodes[name]!)
        if (seeds > 1) same(overSeeds!, expected.overSeeds[name]!)
        else expect(overSeeds).toBeUndefined()
      }
      expect(comparisons).toHaveLength(expected.pairs.length)
      for (const [i, { first, second, difference, adjustedP }] of comparisons.entries()) {
        const pair = expected.pairs[i]!
        expect({ first, second }).toEqual({ first: pair.first, second: pair.second })
        same(difference, pair.difference)
        expect(Math.abs(adjustedP - pair.adjustedP)).toBeLessThanOrEqual(1e-9 * pair.adjustedP)
      }
      expect(claim).toBe(seeds < 5 ? 'checkpoints' : 'learners')
      for (const [i, pair] of (seeds < 5 ? [] : expected.pairsOverSeeds).entries()) {
        same(comparisons[i]!.overSeeds!.difference, pair.difference)
        close(comparisons[i]!.overSeeds!.adjustedP, pair.adjustedP)
      }
    },
  )
})

describe('a ranking', () => {
  const flat = (name: string, ...seeds: number[]): LearnerScores => ({
    name,
    scores: seeds.map((value) => Array.from({ length: 20 }, (_, i) => value + (i % 5) / 100)),
  })

  it('ties what is equal in every episode, and separates what always differs', () => {
    const { ranked, comparisons } = rank([flat('a', 0.5), flat('b', 0.5), flat('c', 0.75)])
    expect(ranked.map(({ name, rank }) => [name, rank])).toEqual([
      ['c', 1],
      ['a', 2],
      ['b', 2],
    ])
    expect(comparisons[0]).toMatchObject({ adjustedP: 1, significant: false })
  })

  it('may place a better mean behind a worse one only by accuracy within a rank', () => {
    const { ranked } = rank([flat('low', 0.4), flat('high', 0.41), flat('middle', 0.405)])
    expect(ranked.map(({ name }) => name)).toEqual(['high', 'middle', 'low'])
  })

  it('of one learner has nothing to compare', () => {
    const { ranked, comparisons } = rank([flat('a', 0.5)])
    expect(ranked).toHaveLength(1)
    expect(comparisons).toEqual([])
  })

  it('makes no claim about learners where one has fewer seeds', () => {
    const { claim, comparisons } = rank([flat('a', 1, 2, 3, 4, 5), flat('b', 1, 2, 3, 4)])
    expect(claim).toBe('checkpoints')
    expect(comparisons[0]!.overSeeds).toBeUndefined()
  })

  it('averages each episode over seeds first', () => {
    const scores = [
      [0, 1],
      [1, 1],
    ]
    expect(meanOverSeeds(scores)).toEqual([0.5, 1])
  })

  it('refuses episodes that are not paired', () => {
    expect(() => pairedDifference([1, 2], [1])).toThrow(RangeError)
  })

  it('has no interval for one value', () => {
    expect(tInterval([0.5]).halfWidth).toBeNaN()
  })
})

describe('Holm', () => {
  it('keeps order and bounds, and is never below the value itself', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1 }), (p) => {
        const adjusted = holm(p)
        for (const [i, value] of adjusted.entries()) {
          expect(value).toBeGreaterThanOrEqual(p[i]!)
          expect(value).toBeLessThanOrEqual(1)
          for (const [j, other] of adjusted.entries()) {
            if (p[i]! < p[j]!) expect(value).toBeLessThanOrEqual(other)
          }
        }
      }),
    )
  })
})
