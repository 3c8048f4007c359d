import { rng } from '@kshot/core'
import { assert, float, integer, property } from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Affine,
  applyDistortion,
  checkDistort,
  type DistortOptions,
  drawDistortion,
} from './distort'
import { expectError } from './testing'

const picture = (height: number, width: number, channels: number, seed: number) => {
  const random = rng(seed)
  return Float32Array.from({ length: height * width * channels }, () => random.uniform())
}

const smooth = (map: Affine) => ({ map, sampling: 'bilinear' as const })

describe('a distortion', () => {
  it('of nothing changes no bit', () => {
    const side = integer({ min: 1, max: 9 })
    assert(
      property(side, side, integer({ min: 1, max: 3 }), integer(), (h, w, c, seed) => {
        const original = picture(h, w, c, seed)
        const distorted = original.slice()
        applyDistortion(distorted, 0, [h, w, c], drawDistortion(rng(seed), {}))
        expect(distorted).toEqual(original)
      }),
    )
  })

  it('is drawn alike from a seed, and within its bounds', () => {
    const options = { rotation: 30, shear: 0.2, scale: 0.2, shift: 3 }
    assert(
      property(integer(), (seed) => {
        const distortion = drawDistortion(rng(seed), options)
        expect(drawDistortion(rng(seed), options)).toEqual(distortion)
        const [a, b, , c, d] = distortion.map
        const scale = 1 / Math.sqrt(a * d - b * c)
        expect(scale).toBeGreaterThan(0.75)
        expect(scale).toBeLessThan(1.25)
      }),
    )
  })

  it('invents no value, and brings 0 in from outside', () => {
    assert(
      property(integer(), float({ min: 0, max: 20, noNaN: true }), (seed, shift) => {
        const distorted = picture(6, 6, 1, seed)
        const distortion = drawDistortion(rng(seed), { rotation: 180, scale: 0.3, shift })
        applyDistortion(distorted, 0, [6, 6, 1], distortion)
        expect(distorted.every((v) => v >= 0 && v <= 1.000001)).toBe(true)
      }),
    )
    const gone = picture(6, 6, 1, 1)
    applyDistortion(gone, 0, [6, 6, 1], smooth([1, 0, 50, 0, 1, 0]))
    expect(gone.every((v) => v === 0)).toBe(true)
  })

  it('by whole pixels moves them', () => {
    const moved = Float32Array.from([1, 2, 3, 4, 5, 6, 7, 8, 9])
    // the pixel at x comes from x - 1: one to the right
    applyDistortion(moved, 0, [3, 3, 1], smooth([1, 0, -1, 0, 1, 0]))
    expect([...moved]).toEqual([0, 1, 2, 0, 4, 5, 0, 7, 8])
  })

  it('of the nearest pixels keeps black and white, where others make greys', () => {
    const map: Affine = [1, 0, -0.4, 0, 1, 0]
    const line = [0, 1, 0, 1, 1, 0, 0, 0, 0]
    const [grey, black] = (['bilinear', 'nearest'] as const).map((sampling) => {
      const moved = Float32Array.from(line)
      applyDistortion(moved, 0, [3, 3, 1], { map, sampling })
      return [...moved].map((v) => Number(v.toFixed(2)))
    })
    expect(grey).toEqual([0, 0.6, 0.4, 0.6, 1, 0.4, 0, 0, 0])
    expect(black).toEqual(line)
    const turned = Float32Array.from(line)
    const quarter: Affine = [0, 1, 0, -1, 0, 0]
    applyDistortion(turned, 0, [3, 3, 1], { map: quarter, sampling: 'nearest' })
    expect([...turned]).toEqual([0, 1, 0, 0, 1, 1, 0, 0, 0])
  })

  it('refuses numbers out of bounds and examples that are no images', async () => {
    const check = (options: DistortOptions) => () => checkDistort(options, [5, 5, 1])
    for (const wrong of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
      await expectError(check({ rotation: wrong }), 'episodes/bad-option', 'rotation')
      await expectError(check({ shift: wrong }), 'episodes/bad-option', 'shift')
    }
    await expectError(check({ scale: 1 }), 'episodes/bad-option', 'scale')
    const odd = 'cubic' as 'nearest'
    await expectError(check({ sampling: odd }), 'episodes/bad-option', 'cubic')
    await expectError(() => checkDistort({}, [4]), 'episodes/bad-option', 'images')
  })
})
