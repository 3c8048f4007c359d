import { expect, it } from 'vitest'
import { canonicalJson } from './spec'

it('writes equal values as equal text', () => {
  expect(canonicalJson({ b: 1, a: { d: 1, c: [1, { f: 1, e: 2 }] } })).toBe(
    canonicalJson({ a: { c: [1, { e: 2, f: 1 }], d: 1 }, b: 1 }),
  )
})
