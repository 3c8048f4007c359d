/** Of all blocks, so that SIMD reads are aligned. */
const ALIGNED = 64

interface Block {
  readonly from: number
  readonly to: number
}

/** Where values lie in memory that is planned before it is there: addresses are offsets. */
export interface Layout {
  take(bytes: number): Block
  free(block: Block): void
  /** How many bytes all blocks took at most. */
  size(): number
}

/** Each block goes to the smallest gap that holds it. */
export function layout(): Layout {
  let gaps: Block[] = []
  let end = 0

  function take(bytes: number): Block {
    const size = Math.max(1, Math.ceil(bytes / ALIGNED)) * ALIGNED
    const fitting = gaps.filter(({ from, to }) => to - from >= size)
    const gap = fitting.sort((a, b) => a.to - a.from - (b.to - b.from))[0]
    if (gap) {
      gaps = gaps.filter((one) => one !== gap)
      const rest = { from: gap.from + size, to: gap.to }
      if (rest.to > rest.from) gaps.push(rest)
      return { from: gap.from, to: gap.from + size }
    }
    // The last gap may reach to the end, and grows.
    const last = gaps.find(({ to }) => to === end)
    if (last) gaps = gaps.filter((one) => one !== last)
    const from = last?.from ?? end
    end = from + size
    return { from, to: end }
  }

  function free({ from, to }: Block): void {
    const before = gaps.find((gap) => gap.to === from)
    const after = gaps.find((gap) => gap.from === to)
    gaps = gaps.filter((gap) => gap !== before && gap !== after)
    gaps.push({ from: before?.from ?? from, to: after?.to ?? to })
  }

  return { take, free, size: () => end }
}
