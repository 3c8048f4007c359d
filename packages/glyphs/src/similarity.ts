// How alike two pictures are: for the checks and the generator, no part of the data set.
const side = 28
const area = side * side
const blocks = 7
const shifts = [0, -1, 1, -side, side, -side - 1, -side + 1, side - 1, side + 1]

/** A picture made ready for {@link similarity}. */
export interface Picture {
  readonly ink: Float32Array
  readonly total: number
  /** Ink in blocks of 4 × 4, for each of the nine shifts. */
  readonly coarse: readonly Float32Array[]
}

/** Prepares a picture [784] with an empty border, blurred so that outlines need not match to the pixel. */
export function picture(image: Float32Array): Picture {
  const ink = blur(image)
  const total = ink.reduce((sum, value) => sum + value, 0)
  return { ink, total, coarse: shifts.map((shift) => pool(ink, shift)) }
}

/**
 * Soft Jaccard similarity Σ min(a, b) / Σ max(a, b) in [0, 1], the largest over shifts of up to one
 * pixel each way; 1 is the same picture. Where it is not above `floor`, `floor` is returned: most
 * pairs are then told apart by their amounts of ink, or by the ink in their blocks.
 */
export function similarity(a: Picture, b: Picture, floor = 0): number {
  const total = a.total + b.total
  if (Math.min(a.total, b.total) <= floor * Math.max(a.total, b.total)) return floor
  return shifts.reduce((best, shift, i) => {
    // Σ max = total − Σ min, and Σ min over blocks is never below Σ min over pixels.
    const needed = (best * total) / (1 + best)
    if (shared(a.coarse[0]!, b.coarse[i]!, 0) <= needed) return best
    const common = shared(a.ink, b.ink, shift)
    return Math.max(best, common / (total - common))
  }, floor)
}

function shared(a: Float32Array, b: Float32Array, shift: number): number {
  const from = Math.max(0, -shift)
  const to = Math.min(a.length, b.length - shift)
  let sum = 0
  for (let i = from; i < to; i++) sum += Math.min(a[i]!, b[i + shift]!)
  return sum
}

function pool(ink: Float32Array, shift: number): Float32Array {
  const sums = new Float32Array(blocks * blocks)
  for (let i = 0; i < area; i++) {
    const block = Math.floor(i / (side * 4)) * blocks + Math.floor((i % side) / 4)
    sums[block]! += ink[i + shift] ?? 0
  }
  return sums
}

// The binomial kernel (1 2 1) / 4 across, then down.
function blur(image: Float32Array): Float32Array {
  const smooth = (values: Float32Array, step: number) =>
    values.map((value, i) => ((values[i - step] ?? 0) + 2 * value + (values[i + step] ?? 0)) / 4)
  return smooth(smooth(image, 1), side)
}

/** Items by key, in order of first appearance (`Map.groupBy`, which Node 20 lacks). */
export function groups<Item>(items: readonly Item[], key: (item: Item) => unknown): Item[][] {
  const found = new Map<unknown, Item[]>()
  for (const item of items) {
    const group = found.get(key(item))
    if (group) group.push(item)
    else found.set(key(item), [item])
  }
  return [...found.values()]
}
