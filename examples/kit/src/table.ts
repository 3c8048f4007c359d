import { pairedDifference, tInterval } from '@kshot/results'
import Table from 'cli-table3'

/** The mean over seeds with its 95 % interval of Student's t: `78.1 ± 0.4`. */
export function show(values: readonly number[], digits = 1, factor = 1): string {
  const { mean, halfWidth } = tInterval(values.map((value) => value * factor))
  const half = Number.isFinite(halfWidth) ? ` ± ${halfWidth.toFixed(digits)}` : ''
  return `${mean.toFixed(digits)}${half}`
}

/** One minus another, paired by seed: `+1.2 ± 0.3`. */
export function against(
  own: readonly number[],
  other: readonly number[],
  digits = 1,
  factor = 1,
): string {
  const { mean, halfWidth } = pairedDifference(
    own.map((value) => value * factor),
    other.map((value) => value * factor),
  )
  return `${mean < 0 ? '−' : '+'}${Math.abs(mean).toFixed(digits)} ± ${halfWidth.toFixed(digits)}`
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** A table for people. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const text = new Table({
    head: [...head],
    style: { head: [], border: [] },
    colAligns: head.map((_, i) => (i === 0 ? 'left' : 'right')),
  })
  for (const row of rows) text.push([...row])
  return text.toString()
}
