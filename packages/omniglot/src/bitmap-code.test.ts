import fc from 'fast-check'
import { expect, test } from 'vitest'
// @ts-expect-error: the generator has no types
import { encode, probabilitiesOf } from '../generator/encode.mjs'
import { decodeBitmap, PATTERNS, ROWS } from './bitmap-code'

const bitmap = fc.integer({ min: 1, max: 24 }).chain((side) => {
  const pixels = fc.array(fc.integer({ min: 0, max: 1 }), {
    minLength: side * side,
    maxLength: side * side,
  })
  return fc.tuple(fc.constant(side), pixels)
})

test('any drawing comes back, whatever the probabilities were made for', () => {
  fc.assert(
    fc.property(bitmap, bitmap, ([side, pixels], [otherSide, others]) => {
      const ink = Uint8Array.from(pixels)
      const own = probabilitiesOf([ink], side)
      const foreign = probabilitiesOf([Uint8Array.from(others)], otherSide)
      for (const probabilities of [own, foreign]) {
        const code = encode(ink, side, probabilities)
        expect(decodeBitmap(code, side, probabilities)).toEqual(ink)
      }
    }),
    { numRuns: 20 },
  )
})

test('bytes that are no code still give a drawing, and nothing else', () => {
  const probabilities = new Uint16Array(PATTERNS + ROWS).fill(8192)
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 50 }), (bytes) => {
      const ink = decodeBitmap(bytes, 12, probabilities)
      expect(ink).toHaveLength(144)
      expect(ink.every((pixel) => pixel <= 1)).toBe(true)
    }),
  )
})
