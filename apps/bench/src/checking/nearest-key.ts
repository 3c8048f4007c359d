import { closest, distance } from 'fastest-levenshtein'

/** The candidate that was probably meant, or nothing if none is near. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  if (candidates.length === 0) return undefined
  const found = closest(word, candidates)
  const length = Math.max(word.length, found.length)
  return distance(word, found) <= Math.max(2, length / 2) ? found : undefined
}

/**
 * The dotted path that was probably meant by an unknown one: a neighbour in the same object,
 * else the same key in another object (`ways` for `train.ways`).
 */
export function nearestPath(path: string, paths: readonly string[]): string | undefined {
  const [parent, key] = split(path)
  const siblings = paths.filter((other) => split(other)[0] === parent)
  const sibling = nearest(
    key,
    siblings.map((other) => split(other)[1]),
  )
  if (sibling !== undefined) return parent === '' ? sibling : `${parent}.${sibling}`
  return paths.find((other) => split(other)[1] === key)
}

function split(path: string): [parent: string, key: string] {
  const at = path.lastIndexOf('.')
  return at < 0 ? ['', path] : [path.slice(0, at), path.slice(at + 1)]
}
