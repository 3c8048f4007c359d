import {
  amount,
  decay,
  either,
  flag,
  listOf,
  options,
  positive,
  rate,
  role,
} from '../options/keywords'
import type { Schema } from '../options/schema'

const rates: Schema = either(amount, role('schedule'))
const adam = { rate: rates, b1: decay, b2: decay, eps: rate }
const falling = options({ initial: amount, steps: positive, final: amount }, 'initial', 'steps')

// What the options of each optimizer and schedule may be; the cards show it, the factories check by it.
export const adamOptions = options(adam, 'rate')
export const adamwOptions = options({ ...adam, weightDecay: amount }, 'rate')
export const sgdOptions = options({ rate: rates }, 'rate')
export const momentumOptions = options(
  { rate: rates, decay, nesterov: flag, weightDecay: amount },
  'rate',
)
export const rmspropOptions = options({ rate: rates, decay, eps: rate }, 'rate')
/** Below 0 it may be where it is no rate: of `scaleBySchedule`. */
export const constantOptions = options({ value: { type: 'number' } }, 'value')
export const stepOptions = options(
  { initial: amount, every: positive, factor: rate },
  'initial',
  'every',
)
export const piecewiseOptions = options(
  { initial: amount, changes: listOf(options({ at: positive, value: amount }, 'at', 'value')) },
  'initial',
  'changes',
)
export const linearOptions = falling
export const cosineOptions = falling
export const warmUpOptions = options({ steps: positive, to: rates, from: amount }, 'steps', 'to')
