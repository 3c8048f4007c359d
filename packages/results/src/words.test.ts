import { describe, expect, it } from 'vitest'
import { rank } from './statistics'
import { seedsText } from './words'

const textOf = (...seeds: number[][]) => {
  const [ranked] = rank([{ name: 'a', scores: seeds }]).ranked
  return seedsText({ ranked: ranked! })
}

describe('what tables say of seeds', () => {
  it('is their ends where they are few, and an interval where they are enough', () => {
    expect(textOf([0.5, 1])).toBe('1')
    expect(textOf([0.5, 1], [0.5, 0.6])).toBe('2, 55.00 to 75.00')
    expect(textOf([0.5, 1], [1, 0.5])).toBe('2, alike')
    const five = [0.1, 0.2, 0.3, 0.4, 0.5].map((v) => [v, v])
    // 2.776 · s / √5 with s = 0.158
    expect(textOf(...five)).toBe('5, ± 19.63')
  })
})
