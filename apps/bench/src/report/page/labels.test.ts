import { describe, expect, it } from 'vitest'
import { textWidth } from './chart'
import { placed, spread } from './labels'

describe('labels', () => {
  it('do not cover each other or the points where there is room', () => {
    const frame = { left: 0, right: 400, top: 0, bottom: 300 }
    const labels = Array.from({ length: 8 }, (_, i) => ({
      text: `learner ${i}`,
      x: 120 + 7 * i,
      y: 100 + 5 * (i % 4),
    }))
    const boxes = placed(labels, frame).map(({ text, x, y, dx, dy, anchor }) => {
      const width = textWidth(text)
      const left = x + dx - (anchor === 'start' ? 0 : anchor === 'end' ? width : width / 2)
      return { left, right: left + width, top: y + dy - 6, bottom: y + dy + 6 }
    })
    for (const [i, a] of boxes.entries()) {
      expect(a.left).toBeGreaterThanOrEqual(0)
      expect(a.right).toBeLessThanOrEqual(400)
      for (const b of boxes.slice(i + 1)) {
        const apart =
          a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top
        expect(apart).toBe(true)
      }
    }
  })

  it('in a column keep their order and a line between them', () => {
    const at = spread([100, 101, 99, 200, 299], 0, 300)
    const order = [...at].sort((a, b) => a - b)
    expect(order.map((y) => at.indexOf(y))).toEqual([2, 0, 1, 3, 4])
    for (let i = 1; i < order.length; i++) {
      expect(order[i]! - order[i - 1]!).toBeGreaterThanOrEqual(14.9)
    }
    expect(at[3]).toBe(200)
    expect(Math.max(...at)).toBeLessThanOrEqual(300)
    // More than there is room for: as far apart as can be, none outside.
    const many = spread(Array<number>(40).fill(290), 0, 300)
    expect(Math.min(...many)).toBeGreaterThanOrEqual(0)
    expect(Math.max(...many)).toBeLessThanOrEqual(300.001)
    expect(spread([], 0, 10)).toEqual([])
  })
})
