import { mul } from '@tensorflow/tfjs-core'
import * as tree from '../tree'
import { type Optimizer, stateless } from './optimizer'
import { checkNumber, namedOptions } from './options'
import { asSchedule, type Rate, rateJson, type Schedule } from './schedules'

/**
 * Multiplies by a number, which may be negative: `factor · g`.
 * @throws `core/bad-option`
 */
export function scale(factor: number | { readonly factor: number }): Optimizer {
  const { factor: by } = namedOptions<{ factor: number }>('factor', factor)
  checkNumber('scale', 'factor', by)
  return stateless('scale', { factor: by }, (gradients) => times(gradients, by))
}

/**
 * Multiplies by the value of a schedule: `schedule(step) · g`.
 * @throws `core/bad-option`
 */
export function scaleBySchedule(schedule: Schedule | { readonly schedule: Schedule }): Optimizer {
  const { schedule: by } = namedOptions<{ schedule: Schedule }>('schedule', schedule)
  asSchedule('scaleBySchedule', 'schedule', by)
  return stateless('scaleBySchedule', { schedule: by.spec }, (gradients, { step }) =>
    times(gradients, by.at(step)),
  )
}

/**
 * Turns a direction of ascent into a step of descent: `-rate(step) · g`.
 * @throws `core/bad-option`
 * @example chain(clipByGlobalNorm(1), scaleByAdam(), scaleByLearningRate(1e-3))
 */
export function scaleByLearningRate(rate: Rate | { readonly rate: Rate }): Optimizer {
  const { rate: by } = namedOptions<{ rate: Rate }>('rate', rate)
  const schedule = asSchedule('scaleByLearningRate', 'rate', by)
  return stateless('scaleByLearningRate', { rate: rateJson(by) }, (gradients, { step }) =>
    times(gradients, -schedule.at(step)),
  )
}

function times(gradients: tree.Params, factor: number): tree.Params {
  return tree.map((gradient) => mul(gradient, factor), gradients)
}
