import type { Json } from '@kshot/core'

export interface Difference {
  readonly path: string
  readonly left: Json | undefined
  readonly right: Json | undefined
}

/** The first place where two JSON values differ, whatever the order of their keys. */
export function differs(left?: Json, right?: Json, path = ''): Difference | undefined {
  if (!isObject(left) || !isObject(right)) {
    return left === right ? undefined : { path, left, right }
  }
  for (const key of new Set([...Object.keys(left), ...Object.keys(right)])) {
    const found = differs(left[key], right[key], path === '' ? key : `${path}.${key}`)
    if (found) return found
  }
  return undefined
}

function isObject(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null
}
