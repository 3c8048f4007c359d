import type { Json } from '@kshot/core'

/** More would be no name any more. */
const MOST = 2

/** What a value is the value of goes without saying where it is a word. */
const wordOf = (key: string, value: string) =>
  Number.isNaN(Number(value)) && !/^(true|false)$/.test(value)
    ? value
    : `${key.split('.').at(-1)} ${value}`

/**
 * Where one of several configurations that are otherwise alike differs from the others, in words: `cosine`, `filters 64`.
 * Nothing where the others have a key that this one leaves to its default.
 */
export function differencesOf(config: Json, all: readonly Json[]): string[] {
  const flat = all.map((other) => leaves(other))
  const keys = new Set(flat.flatMap((map) => [...map.keys()]))
  const varying = [...keys].filter((key) => new Set(flat.map((map) => map.get(key))).size > 1)
  const own = leaves(config)
  const words = varying.filter((key) => own.has(key)).map((key) => wordOf(key, own.get(key)!))
  return words.slice(0, MOST)
}

function leaves(value: Json, path = ''): Map<string, string> {
  if (typeof value !== 'object' || value === null) return new Map([[path, String(value)]])
  const inner = Object.entries(value).map(([key, part]) =>
    leaves(part as Json, path === '' ? key : `${path}.${key}`),
  )
  return new Map(inner.flatMap((map) => [...map]))
}
