import type { Backend } from '@kshot/core'
import { activate } from '../backends'

/** The outcome of a check on a backend. */
export interface Outcome {
  /** `differs`: a value other than the cpu backend's. `absent`: there is no such kernel. */
  readonly verdict: 'pass' | 'differs' | 'absent' | 'fail'
  /** For the table: errors that were reached, or the value. */
  readonly text: string
}

/** One check, the same for every backend. */
export interface ConformanceCheck {
  readonly section: Section
  readonly name: string
  run(backend: Backend, conditions: Conditions): Promise<Outcome>
}

export type Section = keyof typeof SECTIONS

/** What is looked at, in this order. */
export const SECTIONS = {
  operations: 'Operations against the cpu backend',
  pytorch: 'Operations against PyTorch, float64',
  learners: 'Meta-gradients against PyTorch, float64',
  training: 'Twenty steps of training',
  numbers: 'NaN and infinity',
  axes: 'Empty axes, and axes of length one',
  bounds: 'Indices out of range',
  behaviour: 'Values by hand, bytes, memory, switching',
} as const

export interface Conditions {
  /** The largest error, relative to the largest number, of what is computed by one operation. */
  readonly tolerance: number
}

export const pass = (text = 'yes'): Outcome => ({ verdict: 'pass', text })
export const fail = (text: string): Outcome => ({ verdict: 'fail', text })

/** A relative error as the table has it: `2e-7`, `0`. */
export const errorText = (error: number) => (error === 0 ? '0' : error.toExponential(0))

/** Errors that were reached, in the order value, first and second derivative. */
export function within(errors: readonly number[], tolerance: number): Outcome {
  const text = errors.map(errorText).join(' · ')
  // NaN is below nothing
  return errors.every((error) => error < tolerance) ? pass(text) : fail(text)
}

const MISSING = /Kernel '(\w+)' not registered for backend/
const LAYOUT = /does not support dataFormat/

/** What `run` finds; a kernel that is missing and an error are findings, too. */
export async function outcomeOf(run: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await run()
  } catch (error) {
    const { message } = error as Error
    const [, kernel] = MISSING.exec(message) ?? []
    if (kernel) return { verdict: 'absent', text: `no ${kernel}` }
    if (LAYOUT.test(message)) return { verdict: 'absent', text: 'NHWC only' }
    return fail(message.split('\n')[0]!)
  }
}

const known = new Map<string, unknown>()

/** What the cpu backend gives; computed once in a process. */
export async function onCpu<T>(key: string, compute: () => T | Promise<T>): Promise<T> {
  if (!known.has(key)) {
    await activate('cpu')
    known.set(key, await compute())
  }
  return known.get(key) as T
}
