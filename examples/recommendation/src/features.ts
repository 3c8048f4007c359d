import { rng } from '@kshot/core'
import type { Rating } from './ratings'

/** What the ratings of known users say about each film. */
export interface Known {
  readonly mean: number
  /** How much better than the mean; shrunk where there are few ratings. */
  readonly bias: readonly number[]
  readonly count: readonly number[]
  /** Directions in which tastes differ: `[items][FACTORS]`. */
  readonly factors: readonly Float64Array[]
}

const FACTORS = 12
const ROUNDS = 12
/** So many ratings of a mean film are added to each. */
const SHRINK = 5

/** Item biases, and the leading factors of what they leave, by power iteration. */
export function known(users: readonly (readonly Rating[])[], items: number): Known {
  const all = users.flat()
  const mean = all.reduce((sum, { value }) => sum + value, 0) / all.length
  const count = new Array<number>(items).fill(0)
  const sums = new Array<number>(items).fill(0)
  for (const { item, value } of all) {
    count[item]!++
    sums[item]! += value - mean
  }
  const bias = sums.map((sum, i) => sum / (count[i]! + SHRINK))
  const left = users.map((list) => {
    const own = list.map(({ item, value }) => ({ item, value: value - mean - bias[item]! }))
    const level = own.reduce((sum, { value }) => sum + value, 0) / (own.length + SHRINK)
    return own.map(({ item, value }) => ({ item, value: value - level }))
  })
  return { mean, bias, count, factors: factorsOf(left, items) }
}

function factorsOf(users: readonly (readonly Rating[])[], items: number): Float64Array[] {
  const random = rng('factors')
  const columns = Array.from({ length: FACTORS }, () =>
    Float64Array.from({ length: items }, () => random.normal()),
  )
  for (let round = 0; round < ROUNDS; round++) {
    for (const [k, column] of columns.entries()) {
      const next = new Float64Array(items)
      for (const list of users) {
        const score = list.reduce((sum, { item, value }) => sum + value * column[item]!, 0)
        for (const { item, value } of list) next[item]! += score * value
      }
      for (const other of columns.slice(0, k)) removed(next, other)
      const length = Math.hypot(...next)
      columns[k] = next.map((v) => (length === 0 ? 0 : v / length))
    }
  }
  const scale = Math.sqrt(items)
  return Array.from({ length: items }, (_, i) =>
    Float64Array.from(columns, (column) => scale * column[i]!),
  )
}

function removed(from: Float64Array, direction: Float64Array): void {
  const share = from.reduce((sum, v, i) => sum + v * direction[i]!, 0)
  for (const [i, v] of direction.entries()) from[i]! -= share * v
}

/** The numbers that stand for a film. */
export function featuresOf({ bias, count, factors }: Known, items: readonly (readonly number[])[]) {
  return items.map((own, i) => [bias[i]!, Math.log1p(count[i]!) / 5, ...own, ...factors[i]!])
}
