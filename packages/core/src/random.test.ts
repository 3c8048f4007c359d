import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Rng, rng, rngFromKey } from './random'

const draw = (random: Rng, n: number) => Array.from({ length: n }, random.uniform)

describe('rng', () => {
  it('gives known numbers, the same in every version', () => {
    expect(draw(rng(1), 3)).toMatchInlineSnapshot(`
      [
        0.7753963902057605,
        0.9744009457127055,
        0.45298886152954054,
      ]
    `)
    expect(rng('a').split(3).permutation(5)).toMatchInlineSnapshot(`
      [
        2,
        4,
        0,
        3,
        1,
      ]
    `)
  })

  it('splits by label, whatever was drawn before', () => {
    const used = rng(1)
    draw(used, 100)
    expect(draw(used.split('x'), 5)).toEqual(draw(rng(1).split('x'), 5))
    expect(draw(rng(1).split(1), 5)).not.toEqual(draw(rng(1).split('1'), 5))
  })

  it('is made again from its key, as it was before its first draw', () => {
    const used = rng(1).split('x')
    draw(used, 3)
    const again = rngFromKey(JSON.parse(JSON.stringify(used.key)))
    expect(draw(again, 5)).toEqual(draw(rng(1).split('x'), 5))
    expect(draw(again.split(2), 5)).toEqual(draw(used.split(2), 5))
  })

  it('gives different numbers to different seeds and labels', () => {
    const firsts = new Set<number>()
    for (let i = 0; i < 5000; i++) {
      firsts.add(rng(i).uniform())
      firsts.add(rng(0).split(i).uniform())
    }
    expect(firsts.size).toBe(10_000)
  })

  it('is uniform and normal, also over the first draws of many children', () => {
    const children = Array.from({ length: 20_000 }, (_, i) => rng(3).split(i))
    expectMoments(
      children.map((child) => child.uniform()),
      0.5,
      1 / 12,
    )
    expectMoments(
      children.map((child) => child.normal()),
      0,
      1,
    )
  })

  it('samples distinct integers in range, each as often', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), fc.nat(50), fc.integer(), (n, want, seed) => {
        const k = Math.min(n, want)
        const sample = rng(seed).sample(n, k)
        expect(new Set(sample).size).toBe(k)
        expect(sample.every((i) => i >= 0 && i < n)).toBe(true)
      }),
    )
    const counts = Array(5).fill(0)
    for (let i = 0; i < 10_000; i++) for (const j of rng(9).split(i).sample(5, 2)) counts[j]++
    for (const count of counts) expect(Math.abs(count - 4000)).toBeLessThan(200)
  })
})

function expectMoments(values: number[], mean: number, variance: number) {
  const m = values.reduce((sum, v) => sum + v, 0) / values.length
  const v = values.reduce((sum, x) => sum + (x - m) ** 2, 0) / values.length
  expect(Math.abs(m - mean)).toBeLessThan(0.03)
  expect(Math.abs(v / variance - 1)).toBeLessThan(0.05)
}
