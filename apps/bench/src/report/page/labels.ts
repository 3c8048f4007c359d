import { FONT, textWidth } from './chart'

/** A text beside a point, in pixels. */
export interface Label {
  readonly text: string
  readonly x: number
  readonly y: number
}

export interface Placed extends Label {
  readonly dx: number
  readonly dy: number
  readonly anchor: 'start' | 'middle' | 'end'
}

interface Box {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

const GAP = 9
const LINE = FONT + 2

/** Places to try around a point, the best first. */
const PLACES: readonly Pick<Placed, 'dx' | 'dy' | 'anchor'>[] = [
  { dx: GAP, dy: 0, anchor: 'start' },
  { dx: -GAP, dy: 0, anchor: 'end' },
  { dx: 0, dy: -GAP - 5, anchor: 'middle' },
  { dx: 0, dy: GAP + 6, anchor: 'middle' },
  { dx: GAP, dy: -GAP - 2, anchor: 'start' },
  { dx: GAP, dy: GAP + 2, anchor: 'start' },
  { dx: -GAP, dy: -GAP - 2, anchor: 'end' },
  { dx: -GAP, dy: GAP + 2, anchor: 'end' },
  ...[2, -2, 3, -3, 4, -4].map((n) => ({ dx: GAP, dy: n * LINE, anchor: 'start' as const })),
  ...[2, -2, 3, -3, 4, -4].map((n) => ({ dx: -GAP, dy: n * LINE, anchor: 'end' as const })),
]

/**
 * Puts each text beside its point so that none covers another, a point, or the edge; where there is no
 * room left, it takes the place that is covered least.
 */
export function placed(labels: readonly Label[], frame: Box): Placed[] {
  const taken: Box[] = labels.map(({ x, y }) => around(x, y, 6))
  return labels.map((label, i) => {
    const others = taken.filter((_, k) => k !== i)
    const cost = (place: (typeof PLACES)[number]) => {
      const box = boxOf({ ...label, ...place })
      return 10 * outside(box, frame) + others.reduce((sum, other) => sum + overlap(box, other), 0)
    }
    const costs = PLACES.map(cost)
    const best = { ...label, ...PLACES[costs.indexOf(Math.min(...costs))]! }
    taken.push(boxOf(best))
    return best
  })
}

/** Heights at which texts in one column do not touch, as near to their own as can be, in their order. */
export function spread(
  heights: readonly number[],
  top: number,
  bottom: number,
  line = LINE,
): number[] {
  const order = heights.map((_, i) => i).sort((a, b) => heights[a]! - heights[b]!)
  const gap = Math.min(line, (bottom - top) / Math.max(1, heights.length - 1))
  const at = order.map((i) => heights[i]!)
  // Push apart downwards, then back up from the bottom.
  for (let k = 1; k < at.length; k++) at[k] = Math.max(at[k]!, at[k - 1]! + gap)
  const last = at.length - 1
  if (last >= 0) at[last] = Math.min(at[last]!, bottom)
  for (let k = last - 1; k >= 0; k--) at[k] = Math.min(at[k]!, at[k + 1]! - gap)
  const result = new Array<number>(heights.length)
  for (const [k, i] of order.entries()) result[i] = Math.max(at[k]!, top + gap * k)
  return result
}

function boxOf({ text, x, y, dx, dy, anchor }: Placed): Box {
  const width = textWidth(text)
  const left = x + dx - (anchor === 'start' ? 0 : anchor === 'end' ? width : width / 2)
  return { left, right: left + width, top: y + dy - LINE / 2, bottom: y + dy + LINE / 2 }
}

function around(x: number, y: number, radius: number): Box {
  return { left: x - radius, right: x + radius, top: y - radius, bottom: y + radius }
}

function overlap(a: Box, b: Box): number {
  const width = Math.min(a.right, b.right) - Math.max(a.left, b.left)
  const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top)
  return width > 0 && height > 0 ? width * height : 0
}

function outside(box: Box, frame: Box): number {
  const over = [
    frame.left - box.left,
    box.right - frame.right,
    frame.top - box.top,
    box.bottom - frame.bottom,
  ]
  return over.reduce((sum, pixels) => sum + Math.max(0, pixels) * LINE, 0)
}
