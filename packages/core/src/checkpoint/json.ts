import { KshotError } from '../errors'
import type { Json } from '../spec'

/**
 * Checks that a value comes back from JSON as it was; `JSON.stringify` alone turns NaN into null
 * and leaves out what it does not know. Properties that are `undefined` count as absent.
 * @throws `checkpoint/not-json` saying where
 */
export function checkJson(value: unknown, path = ''): asserts value is Json {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return
  if (Number.isFinite(value)) return
  if (Array.isArray(value)) {
    for (const [i, item] of value.entries()) checkJson(item, `${path}/${i}`)
  } else if (isPlain(value)) {
    for (const [key, item] of Object.entries(value)) {
      if (item !== undefined) checkJson(item, `${path}/${key}`)
    }
  } else throw notJson(value, path)
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || 'toJSON' in value) return false
  const prototype = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

function notJson(value: unknown, path: string): KshotError {
  return new KshotError('checkpoint/not-json', {
    got: `${String(value)} at '${path}' of a JSON document`,
    expected: 'JSON values: text, finite numbers, booleans, null, lists and plain objects',
    remedy: 'Leave it out, or put it in a tree as a tensor',
  })
}

/** The first place where two JSON values differ, for example `options/backbone/options/filters`. */
export interface Difference {
  readonly path: string
  readonly left: Json | undefined
  readonly right: Json | undefined
}

/** The first difference of two JSON values, whatever the order of their keys. */
export function difference(
  left: Json | undefined,
  right: Json | undefined,
  path = '',
): Difference | undefined {
  if (!isObject(left) || !isObject(right) || Array.isArray(left) !== Array.isArray(right)) {
    return left === right ? undefined : { path, left, right }
  }
  for (const key of [...new Set([...Object.keys(left), ...Object.keys(right)])].sort()) {
    const found = difference(left[key], right[key], path === '' ? key : `${path}/${key}`)
    if (found) return found
  }
  return undefined
}

function isObject(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null
}
