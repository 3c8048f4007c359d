import { KshotError } from '@kshot/core'
import { parseJson } from '@kshot/results'

/**
 * `train.ways=20` as a path and a value: JSON where it is JSON (`20`, `null`, `{"rate": 1e-3}`),
 * else the text as it stands (`train+val`).
 * @throws `usage/bad-set`
 */
export function parseSet(text: string): [path: string[], value: unknown] {
  const at = text.indexOf('=')
  const path = text.slice(0, Math.max(at, 0)).split('.')
  if (at < 1 || path.some((key) => key === '' || key === '__proto__')) {
    throw new KshotError('usage/bad-set', {
      got: `--set ${text}`,
      expected: 'a dotted key, = and a value, such as --set train.ways=20',
      remedy: 'See npx kshot run --help',
    })
  }
  return [path, json(text.slice(at + 1))]
}

/** A copy of a configuration with one value set; objects along the way are made where they are missing. */
export function setValue(
  target: unknown,
  [key, ...rest]: readonly string[],
  value: unknown,
): unknown {
  if (key === undefined) return value
  if (Array.isArray(target) && /^\d+$/.test(key)) {
    if (Number(key) > target.length) throw beyond(target, key)
    return Object.assign([...target], { [key]: setValue(target[Number(key)], rest, value) })
  }
  const object = typeof target === 'object' && target !== null ? target : {}
  // Not what objects inherit: a key may be called 'constructor'.
  const inner = Object.hasOwn(object, key) ? (object as Record<string, unknown>)[key] : undefined
  return { ...object, [key]: setValue(inner, rest, value) }
}

function beyond({ length }: readonly unknown[], key: string): KshotError {
  return new KshotError('usage/bad-set', {
    got: `--set with index ${key} of a list of length ${length}`,
    expected: `an index from 0 to ${length}, where ${length} appends`,
    remedy: 'Count from 0',
  })
}

function json(text: string): unknown {
  try {
    return parseJson(text)
  } catch {
    return text
  }
}
