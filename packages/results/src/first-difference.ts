import type { Json } from '@kshot/core'

export interface JsonDifference {
  readonly path: string
  readonly left: Json | undefined
  readonly right: Json | undefined
}

/** The first place where two JSON values differ, whatever the order of their keys. */
export function firstDifference(left?: Json, right?: Json, path = ''): JsonDifference | undefined {
  if (!isObject(left) || !isObject(right)) {
    return left === right ? undefined : { path, left, right }
  }
  for (const key of new Set([...Object.keys(left), ...Object.keys(right)])) {
    const found = firstDifference(
      own(left, key),
      own(right, key),
      path === '' ? key : `${path}.${key}`,
    )
    if (found) return found
  }
  return undefined
}

/** Not what objects inherit: a key may be called 'constructor'. */
function own(value: { readonly [key: string]: Json }, key: string): Json | undefined {
  return Object.hasOwn(value, key) ? value[key] : undefined
}

function isObject(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null
}
