import { rng } from '@kshot/core'
import { assert, constantFrom, integer, property } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { resize } from './resize'

const picture = (height: number, width: number, seed: number) => {
  const random = rng(seed)
  return Uint8Array.from({ length: height * width }, () => random.integer(256))
}
const side = integer({ min: 1, max: 20 })

describe('resize', () => {
  it('to the same size changes nothing', () => {
    assert(
      property(side, side, integer(), constantFrom('nearest', 'area'), (h, w, seed, how) => {
        const pixels = picture(h, w, seed)
        expect([...resize(pixels, [h, w], [h, w], how)]).toEqual([...pixels])
      }),
    )
  })

  it('by area keeps the mean and an even picture even', () => {
    assert(
      property(side, side, side, side, integer(), (h, w, toH, toW, seed) => {
        const mean = (values: ArrayLike<number>) =>
          Array.from(values).reduce((sum, v) => sum + v, 0) / values.length
        const pixels = picture(h, w, seed)
        expect(mean(resize(pixels, [h, w], [toH, toW], 'area'))).toBeCloseTo(mean(pixels), 3)
        const even = resize(pixels.fill(200), [h, w], [toH, toW], 'area')
        for (const value of even) expect(value).toBeCloseTo(200, 3)
      }),
    )
  })

  it('by nearest neighbour invents no value', () => {
    assert(
      property(side, side, side, side, integer(), (h, w, toH, toW, seed) => {
        const pixels = picture(h, w, seed)
        const known = new Set(pixels)
        const result = resize(pixels, [h, w], [toH, toW], 'nearest')
        expect(result.length).toBe(toH * toW)
        expect(result.every((value) => known.has(value))).toBe(true)
      }),
    )
  })

  it('samples where Pillow 13 does, from 105 to 28 pixels', () => {
    // Image.fromarray(arange(105)).resize((28, 1), Image.NEAREST)
    const pillow = [
      1, 5, 9, 13, 16, 20, 24, 28, 31, 35, 39, 43, 46, 50, 54, 58, 61, 65, 69, 73, 76, 80, 84, 88,
      91, 95, 99, 103,
    ]
    const ramp = Uint8Array.from({ length: 105 }, (_, i) => i)
    expect([...resize(ramp, [1, 105], [1, 28], 'nearest')]).toEqual(pillow)
    expect([...resize(ramp, [105, 1], [28, 1], 'nearest')]).toEqual(pillow)
  })

  it('by area weighs pixels by how much of them is covered', () => {
    // 3 pixels to 2: each covers one and a half
    const result = resize([30, 60, 90], [1, 3], [1, 2], 'area')
    expect(result[0]).toBeCloseTo((30 + 60 / 2) / 1.5, 4)
    expect(result[1]).toBeCloseTo((60 / 2 + 90) / 1.5, 4)
  })
})
