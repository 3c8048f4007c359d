import { isKshotError } from '@kshot/core'
import type { Bound, Outcome } from './attack'
import type { Ended } from './command'

/** A fault of an attempt that came to its end. */
export interface Fault {
  readonly kind: 'wrong' | 'lost'
  readonly what: string
}

export const wrong = (what: string): Fault => ({ kind: 'wrong', what })
export const lost = (what: string): Fault => ({ kind: 'lost', what })
/** For what may not be taken. */
export const refuse = (): Fault => wrong('accepted')

export interface Tally {
  /** Does something in this process. `judge` looks at what came of it; an error of kshot's is right. */
  attempt<T>(
    name: string,
    act: () => T | Promise<T>,
    judge?: (value: T) => Fault | undefined | Promise<Fault | undefined>,
  ): Promise<void>
  /** Takes what a process of its own came to; with `costs`, its time and memory are bounded. */
  command(
    name: string,
    ended: Ended,
    judge?: (ended: Ended) => Fault | undefined,
    options?: { readonly costs?: boolean },
  ): void
  /** Takes the result of a check that is none of the above. */
  check(name: string, fault: Fault | undefined): void
  outcome(): Outcome
}

/** So long an attempt may hang before it is given up. */
const HANGS_MS = 120_000
const SHOWN = 20

export function tally(bound: Bound): Tally {
  const counts = { untyped: 0, wrong: 0, lost: 0, overBound: 0 }
  const worst = { seconds: 0, mebibytes: 0 }
  const faults: string[] = []
  let [tried, failed] = [0, 0]

  function note(name: string, found: readonly (readonly [keyof typeof counts, string])[]) {
    tried++
    if (found.length > 0) failed++
    for (const [kind, what] of found) {
      counts[kind]++
      if (faults.length < SHOWN) faults.push(`${name}: ${kind}: ${what}`)
    }
  }

  function overBound(seconds: number, mebibytes: number) {
    worst.seconds = Math.max(worst.seconds, seconds)
    worst.mebibytes = Math.max(worst.mebibytes, mebibytes)
    if (seconds <= bound.seconds && mebibytes <= bound.mebibytes) return []
    return [['overBound', `${seconds.toFixed(1)} s, ${Math.round(mebibytes)} MiB`] as const]
  }

  return {
    async attempt(name, act, judge) {
      const from = usage()
      const ended = await settled(act)
      const { seconds, mebibytes } = used(from)
      const over = overBound(seconds, mebibytes)
      if (ended.hangs) return note(name, [['overBound', 'hangs'], ...over])
      if ('error' in ended) {
        const typed = isKshotError(ended.error)
        return note(name, [...over, ...(typed ? [] : [['untyped', words(ended.error)] as const])])
      }
      const fault = await judge?.(ended.value)
      note(name, [...over, ...(fault ? [[fault.kind, fault.what] as const] : [])])
    },
    command(name, ended, judge, { costs = true } = {}) {
      const over = costs ? overBound(ended.seconds, ended.mebibytes) : []
      if (ended.hangs) return note(name, [['overBound', 'hangs'], ...over])
      if (!ended.typed) return note(name, [...over, ['untyped', ended.said]])
      const fault = judge?.(ended)
      note(name, [
        ...over,
        ...(fault ? [[fault.kind, `${fault.what}; ${ended.said}`] as const] : []),
      ])
    },
    check: (name, fault) => note(name, fault ? [[fault.kind, fault.what]] : []),
    outcome: () => ({ tried, failed, ...counts, ...worst, faults }),
  }
}

type Settled<T> =
  | { readonly hangs: false; readonly value: T }
  | { readonly hangs: false; readonly error: unknown }
  | { readonly hangs: true }

async function settled<T>(act: () => T | Promise<T>): Promise<Settled<T>> {
  let timer: NodeJS.Timeout | undefined
  const hanging = new Promise<Settled<T>>((resolve) => {
    timer = setTimeout(() => resolve({ hangs: true }), HANGS_MS)
  })
  const acting = (async () => act())().then(
    (value) => ({ hangs: false, value }) as const,
    (error) => ({ hangs: false, error }) as const,
  )
  return Promise.race([acting, hanging]).finally(() => clearTimeout(timer))
}

function usage() {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage()
  return { seconds: (userCPUTime + systemCPUTime) / 1e6, mebibytes: maxRSS / 1024 }
}

/** The peak of memory never falls, so what it grows by is what this attempt took beyond all before. */
function used(from: ReturnType<typeof usage>) {
  const now = usage()
  return { seconds: now.seconds - from.seconds, mebibytes: now.mebibytes - from.mebibytes }
}

function words(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const at = error.stack?.split('\n').find((line) => line.includes(' at '))
  return `${error.name}: ${error.message.slice(0, 200)} ${at?.trim() ?? ''}`
}
