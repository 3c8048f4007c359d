import type { Confusion } from '@kshot/results'
import Table from 'cli-table3'
import { type Colours, percent } from '../terminal/text'

/** So many are shown, the hardest first. */
const SHOWN = 6
/** Of those that a class was taken for. */
const OTHERS = 2

interface Hard {
  readonly name: string
  /** The share of its queries that were right. */
  readonly right: number
  /** What the others were taken for, as shares of all. */
  readonly takenFor: readonly { readonly name: string; readonly share: number }[]
}

/** Classes (or groups of them, as alphabets) that were tested, from the least share of right answers. */
export function hardest({ groups, counts }: Confusion): Hard[] {
  const asked = groups.flatMap((name, i) => {
    const line = counts[i]!
    const all = line.reduce((sum, n) => sum + n, 0)
    if (all === 0) return []
    const others = line.flatMap((n, k) =>
      k === i || n === 0 ? [] : [{ name: groups[k]!, share: n / all }],
    )
    const takenFor = others.sort((a, b) => b.share - a.share).slice(0, OTHERS)
    return [{ name, right: line[i]! / all, takenFor }]
  })
  return asked.sort((a, b) => a.right - b.right)
}

/** The hardest classes, and what they were taken for, as a table for people. */
export function hardestTable(confusion: Confusion, { dim }: Colours): string | undefined {
  const all = hardest(confusion)
  if (all.length < 2) return undefined
  const shown = all.slice(0, SHOWN)
  const title = shown.length < all.length ? `hardest of ${all.length} classes` : 'class'
  const grid = new Table({
    head: [title, 'right', 'taken for'].map((text) => dim(text)),
    style: { head: [], border: [] },
    colAligns: ['left', 'right', 'left'],
    chars: { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' },
  })
  for (const { name, right, takenFor } of shown) {
    const others = takenFor.map((other) => `${other.name} ${percent(other.share)}`)
    grid.push([name, percent(right), dim(others.join(', ') || '–')])
  }
  return grid.toString()
}
