import type { Known } from './features'
import type { Rating } from './ratings'

/** Predicts ratings of films from a user's first ones. */
export type Predictor = (given: readonly Rating[], items: readonly number[]) => readonly number[]

export const itemMean =
  ({ mean, bias }: Known): Predictor =>
  (_, items) =>
    items.map((item) => mean + bias[item]!)

/** The film's bias and the user's, which is shrunk as if so many mean ratings stood beside it. */
export const userItemBias =
  ({ mean, bias }: Known, shrink: number): Predictor =>
  (given, items) => {
    const left = given.reduce((sum, { item, value }) => sum + value - mean - bias[item]!, 0)
    const own = left / (given.length + shrink)
    return items.map((item) => mean + bias[item]! + own)
  }

/** The biases, and what the user's ratings of similar films leave of them; similarities are shrunk cosines of residuals. */
export function itemNeighbours(
  about: Known,
  users: readonly (readonly Rating[])[],
  shrink: number,
): (neighbours: number) => Predictor {
  const { mean, bias } = about
  const columns = new Map<number, Map<number, number>>()
  for (const [user, list] of users.entries()) {
    const level =
      list.reduce((sum, { item, value }) => sum + value - mean - bias[item]!, 0) /
      (list.length + shrink)
    for (const { item, value } of list) {
      const column = columns.get(item) ?? new Map<number, number>()
      column.set(user, value - mean - bias[item]! - level)
      columns.set(item, column)
    }
  }
  const cache = new Map<string, number>()
  const similarity = (a: number, b: number): number => {
    const key = a < b ? `${a} ${b}` : `${b} ${a}`
    let found = cache.get(key)
    if (found === undefined) {
      found = cosine(columns.get(a), columns.get(b))
      cache.set(key, found)
    }
    return found
  }
  return (neighbours) => (given, items) => {
    const left = given.reduce((sum, { item, value }) => sum + value - mean - bias[item]!, 0)
    const own = left / (given.length + shrink)
    return items.map((item) => {
      const near = given
        .map((one) => ({
          s: similarity(item, one.item),
          left: one.value - mean - bias[one.item]! - own,
        }))
        .filter(({ s }) => s > 0)
        .sort((a, b) => b.s - a.s)
        .slice(0, neighbours)
      const weight = near.reduce((sum, { s }) => sum + s, 0)
      const moved = near.reduce((sum, { s, left }) => sum + s * left, 0) / (weight + 0.5)
      return mean + bias[item]! + own + moved
    })
  }
}

/** Films that few have both rated are less alike than they look. */
const FEW = 20

function cosine(a?: ReadonlyMap<number, number>, b?: ReadonlyMap<number, number>): number {
  if (!a || !b) return 0
  let [dot, aa, bb, both] = [0, 0, 0, 0]
  for (const [user, v] of a) {
    const w = b.get(user)
    if (w === undefined) continue
    both++
    dot += v * w
    aa += v * v
    bb += w * w
  }
  return both === 0 || aa === 0 || bb === 0 ? 0 : (dot / Math.sqrt(aa * bb)) * (both / (both + FEW))
}
