import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { rng } from '@kshot/core'
import { userCache } from '@kshot/episodes/node'

export interface Rating {
  readonly item: number
  /** 1 … 5 */
  readonly value: number
}

export interface Ratings {
  readonly source: string
  /** By user, in random order. */
  readonly users: readonly (readonly Rating[])[]
  /** Genres, and the decade, of each film: 0 or 1. */
  readonly items: readonly (readonly number[])[]
}

/** Users with fewer ratings can't be asked about the rest. */
const LEAST = 30

/** MovieLens 100K, where `kshot data fetch movielens` has put it; for a short run without it, drawn tastes. */
export function ratings(short: boolean): Ratings {
  const folder = userCache('movielens')
  if (folder !== undefined && existsSync(join(folder, 'ml-100k.inter'))) return movielens(folder)
  if (short) return drawnTastes()
  throw new Error(
    'MovieLens is not here: its licence forbids embedding it. Fetch it once: npx kshot data fetch movielens',
  )
}

function movielens(folder: string): Ratings {
  const films = rows(join(folder, 'ml-100k.item'))
  const genres = [...new Set(films.flatMap(([, , , list = '']) => list.split(' ')))].sort()
  const number = new Map(films.map(([id], i) => [id!, i]))
  const users = new Map<string, Rating[]>()
  for (const [user, film, value] of rows(join(folder, 'ml-100k.inter'))) {
    const rating = { item: number.get(film!) ?? bad(film!), value: inRange(Number(value)) }
    users.set(user!, [...(users.get(user!) ?? []), rating])
  }
  return {
    source: 'MovieLens 100K',
    users: shuffled([...users.values()]),
    items: films.map(([, , year, list = '']) => [
      ...genres.map((genre) => (list.split(' ').includes(genre) ? 1 : 0)),
      ...[1960, 1980, 1990].map((from) => (Number(year) >= from ? 1 : 0)),
    ]),
  }
}

/** The lines below the names of the columns. */
function rows(path: string): string[][] {
  const [, ...lines] = readFileSync(path, 'utf8').trimEnd().split('\n')
  return lines.map((line) => line.split('\t'))
}

function inRange(value: number): number {
  if (value >= 1 && value <= 5) return value
  throw new Error(`a rating of ${value}. Expected: 1 to 5. Fetch the file again`)
}

function bad(film: string): never {
  throw new Error(
    `a rating of the film ${film}, which is not in ml-100k.item. Fetch the files again`,
  )
}

function shuffled(users: readonly (readonly Rating[])[]): Ratings['users'] {
  return users
    .filter((list) => list.length >= LEAST)
    .map((list, u) =>
      rng('order')
        .split(u)
        .permutation(list.length)
        .map((i) => list[i]!),
    )
}

/** People who like some of four genres. */
function drawnTastes(): Ratings {
  const random = rng('tastes')
  const items = Array.from({ length: 60 }, () => Array.from({ length: 4 }, () => random.integer(2)))
  const users = Array.from({ length: 60 }, () => {
    const taste = Array.from({ length: 4 }, () => random.normal())
    return random
      .permutation(items.length)
      .slice(0, 40)
      .map((item) => {
        const liking = items[item]!.reduce(
          (sum, has, g) => sum + has * taste[g]!,
          3 + 0.3 * random.normal(),
        )
        return { item, value: Math.max(1, Math.min(5, Math.round(liking))) }
      })
  })
  return { source: 'drawn tastes', users, items }
}
