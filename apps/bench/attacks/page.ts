import { count } from '@kshot/results'
import type { Attack, Bound, Outcome } from './attack'

export interface Measured extends Pick<Attack, 'name' | 'promise'> {
  readonly bound: Bound
  readonly outcome: Outcome
  /** That was attacked. */
  readonly commit: string
  /** Of the attempts of the full form; 1 where it is left out. */
  readonly scale?: number
}

const HEAD = `# Reliability
What was done to kshot, and what came of it. \`pnpm attack\` does it and writes this page; the tests do a small part of each attack. [SECURITY.md](../SECURITY.md) says what may be opened from strangers.

An attempt fails if it ends in an error without a code (*untyped*), in an answer that is not right (*wrong*), without something that was there before (*lost*), or if it costs more than its bound, or hangs (*over*). Inputs are generated from one seed, so each run tries the same.

Bounds are of one attempt: processor seconds of all its threads and processes, and MiB by which memory grows. The worst attempt stands beside each. Where there is no bound, attempts train. Attacks may run on different days: the commit that each was run at stands in the last column.

| attack | what holds | tried | failed | untyped, wrong, lost, over | seconds: bound, worst | MiB: bound, worst | commit |
|---|---|---:|---:|---|---:|---:|---|
`

/**
 * docs/reliability.md
 * @param missing attacks that were not run in full
 */
export function reliabilityPage(all: readonly Measured[], missing: readonly string[]): string {
  const rows = all.map(({ name, promise, bound, outcome, commit, scale = 1 }) => {
    const { tried, failed, untyped, wrong, lost, overBound, seconds, mebibytes } = outcome
    const cells = [
      name,
      promise,
      scale < 1 ? `${count(tried)} (${scale} of the full form)` : count(tried),
      count(failed),
      [untyped, wrong, lost, overBound].join(', '),
      `${limit(bound.seconds)}, ${seconds.toFixed(1)}`,
      `${limit(bound.mebibytes)}, ${Math.round(mebibytes)}`,
      commit,
    ]
    return `| ${cells.join(' | ')} |\n`
  })
  const sum = (of: (outcome: Outcome) => number) =>
    count(all.reduce((total, { outcome }) => total + of(outcome), 0))
  const total = `\n${sum(({ tried }) => tried)} attempts, ${sum(({ failed }) => failed)} failed.\n`
  const notRun = missing.length > 0 ? `\nNot run in full here: ${missing.join(', ')}.\n` : ''
  return `${HEAD}${rows.join('')}${total}${notRun}`
}

function limit(bound: number | null): string {
  return bound === null || bound === Number.POSITIVE_INFINITY ? '–' : String(bound)
}
