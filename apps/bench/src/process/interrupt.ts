import { KshotError } from '@kshot/core'
import { EXIT } from './exit-codes'

/**
 * Ctrl-C reaches a process of a group twice, once from the terminal and once from pnpm, and both wait
 * while a step computes: signals that come together are one. A person's second one comes later.
 */
const SAME_MS = 400

/** Turns SIGINT and SIGTERM into an abort; a second one, later, exits at once. */
export function interruptible(onFirst: () => void): { signal: AbortSignal; release: () => void } {
  const controller = new AbortController()
  let first: number | undefined
  const handle = () => {
    if (first !== undefined && performance.now() - first < SAME_MS) return
    if (first !== undefined) process.exit(EXIT.interrupted)
    first = performance.now()
    onFirst()
    controller.abort(interrupted())
  }
  const signals = ['SIGINT', 'SIGTERM'] as const
  for (const signal of signals) process.on(signal, handle)
  const release = () => {
    for (const signal of signals) process.off(signal, handle)
  }
  return { signal: controller.signal, release }
}

/** What an interrupted run throws once its checkpoint is written. */
export function interrupted(got = 'a signal', remedy = 'Start again'): KshotError {
  return new KshotError('run/interrupted', { got, expected: 'the command to finish', remedy })
}

/** Lets signals and timers in: a backend that computes at once never leaves the microtasks. */
export const breathe = () => new Promise<void>((resolve) => setImmediate(resolve))
