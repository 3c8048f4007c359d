import { KshotError } from '../errors'
import { checkOptions } from '../options/check-options'
import type { Spec } from '../spec'
import { BAD_OPTION, checkNumber, namedOptions } from './options'
import {
  constantOptions,
  cosineOptions,
  linearOptions,
  piecewiseOptions,
  stepOptions,
  warmUpOptions,
} from './schemas'

/** A number that depends on the step; a pure function on the host, described by JSON. */
export interface Schedule {
  readonly spec: Spec
  /** The value for the update after `step` updates. */
  at(step: number): number
}

/** A learning rate: a number, or a schedule. */
export type Rate = number | Schedule

function schedule(name: string, options: Spec['options'], at: Schedule['at']): Schedule {
  return { spec: { package: '@kshot/core', export: name, options }, at }
}

/** Always the same value. */
export function constant(value: number | { readonly value: number }): Schedule {
  const all = namedOptions<{ value: number }>('value', value)
  checkOptions(BAD_OPTION, 'constant', constantOptions, all)
  const { value: always } = all
  return schedule('constant', { value: always }, () => always)
}

export interface StepOptions {
  readonly initial: number
  /** Steps between two drops. */
  readonly every: number
  /** The factor of each drop. Default 0.5. */
  readonly factor?: number
}

/**
 * Drops at regular steps: `initial · factor^⌊step / every⌋`.
 * @throws `core/bad-option`
 * @example adam(step({ initial: 1e-3, every: 2000, factor: 0.5 }))   // Snell et al. 2017
 */
export function step(options: StepOptions): Schedule {
  checkOptions(BAD_OPTION, 'step', stepOptions, options)
  const { initial, every, factor = 0.5 } = options
  return schedule(
    'step',
    { initial, every, factor },
    (at) => initial * factor ** Math.floor(at / every),
  )
}

export interface PiecewiseOptions {
  readonly initial: number
  /** From step `at` on, `value` holds. */
  readonly changes: readonly { readonly at: number; readonly value: number }[]
}

/**
 * Constant between changes: the value of the last change at or before `step`, in the order of their steps.
 * @throws `core/bad-option`
 * @example
 * // Lee et al. 2019: 20 epochs of 1,000 steps, then slower
 * piecewise({ initial: 0.1, changes: [{ at: 20_000, value: 0.006 }, { at: 40_000, value: 0.0012 }] })
 */
export function piecewise(options: PiecewiseOptions): Schedule {
  checkOptions(BAD_OPTION, 'piecewise', piecewiseOptions, options)
  const { initial, changes } = options
  const sorted = [...changes].sort((a, b) => a.at - b.at)
  return schedule(
    'piecewise',
    { initial, changes: changes.map(({ at, value }) => ({ at, value })) },
    (step) => sorted.findLast(({ at }) => at <= step)?.value ?? initial,
  )
}

export interface LinearOptions {
  readonly initial: number
  /** Steps until `final` is reached; it stays there. */
  readonly steps: number
  readonly final?: number
}

/**
 * A straight line: `initial + (final - initial) · min(step, steps) / steps`.
 * @throws `core/bad-option`
 * @example sgd(linear({ initial: 1, steps: 100_000 }))   // Reptile, Nichol et al. 2018
 */
export function linear(options: LinearOptions): Schedule {
  checkOptions(BAD_OPTION, 'linear', linearOptions, options)
  const { initial, steps, final = 0 } = options
  return schedule(
    'linear',
    { initial, steps, final },
    (at) => initial + ((final - initial) * Math.min(at, steps)) / steps,
  )
}

export interface CosineOptions {
  readonly initial: number
  /** Steps until `final` is reached; it stays there. */
  readonly steps: number
  readonly final?: number
}

/**
 * Half a cosine from `initial` to `final`:
 * `final + (initial - final) · (1 + cos(π · min(step, steps) / steps)) / 2`.
 *
 * Loshchilov & Hutter 2017, SGDR, eq. 5 (without restarts).
 * @throws `core/bad-option`
 */
export function cosine(options: CosineOptions): Schedule {
  checkOptions(BAD_OPTION, 'cosine', cosineOptions, options)
  const { initial, steps, final = 0 } = options
  return schedule('cosine', { initial, steps, final }, (at) => {
    const done = Math.min(at, steps) / steps
    return final + ((initial - final) * (1 + Math.cos(Math.PI * done))) / 2
  })
}

export interface WarmUpOptions {
  /** Steps until `to` takes over. */
  readonly steps: number
  /** The schedule after the warm-up; its own step 0 is step `steps`. */
  readonly to: Rate
  readonly from?: number
}

/**
 * A straight line from `from` to where `to` begins, then `to`.
 *
 * Goyal et al. 2017, section 2.2.
 * @throws `core/bad-option`
 * @example adam(warmUp({ steps: 500, to: cosine({ initial: 1e-3, steps: 10_000 }) }))
 */
export function warmUp(options: WarmUpOptions): Schedule {
  checkOptions(BAD_OPTION, 'warmUp', warmUpOptions, options)
  const { steps, to, from = 0 } = options
  const after = asSchedule('warmUp', 'to', to)
  return schedule('warmUp', { steps, to: rateJson(to), from }, (at) => {
    if (at >= steps) return after.at(at - steps)
    return from + ((after.at(0) - from) * at) / steps
  })
}

/**
 * The schedule behind a rate.
 * @throws `core/bad-option` for a number below 0, NaN, or what is no rate at all.
 */
export function asSchedule(name: string, option: string, rate: Rate): Schedule {
  if (typeof rate === 'number') {
    checkNumber(name, option, rate, { min: 0 })
    return constant(rate)
  }
  // Strings have a method `at` too.
  if (typeof rate === 'object' && typeof rate?.at === 'function') return rate
  throw new KshotError(BAD_OPTION, {
    got: `${name} with ${option} ${String(rate)}`,
    expected: 'a number or a schedule',
    remedy: `Pass a ${option} such as 1e-3 or step({ initial: 1e-3, every: 2000 })`,
  })
}

/** A rate as written in a spec. */
export function rateJson(rate: Rate): number | Spec {
  return typeof rate === 'number' ? rate : rate.spec
}
