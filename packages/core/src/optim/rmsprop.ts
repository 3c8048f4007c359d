import { add, div, mul, sqrt, square, zerosLike } from '@tensorflow/tfjs-core'
import { checkOptions } from '../options/check-options'
import * as tree from '../tree'
import { chain, withName } from './chain'
import { type Optimizer, optimizer } from './optimizer'
import { BAD_OPTION, checkNumber, namedOptions } from './options'
import { scaleByLearningRate } from './scale'
import { type Rate, rateJson } from './schedules'
import { rmspropOptions } from './schemas'

export interface RmspropOptions {
  /** Of the mean of squares. Default 0.9. */
  readonly decay?: number
  /** Added to the root. Default 1e-8. */
  readonly eps?: number
}

/**
 * RMSprop: `v ← decay·v + (1 - decay)·g²`, `Δ = -rate(step) · g / (√v + eps)`. Differentiable in the gradients.
 *
 * Tieleman & Hinton 2012, lecture 6.5.
 * @throws `core/bad-option`
 * @example rmsprop(1e-3)
 */
export function rmsprop(
  rate: Rate | ({ readonly rate: Rate } & RmspropOptions),
  options: RmspropOptions = {},
): Optimizer {
  const all = namedOptions<{ rate: Rate } & RmspropOptions>('rate', rate, options)
  checkOptions(BAD_OPTION, 'rmsprop', rmspropOptions, all)
  const { rate: by, decay = 0.9, eps = 1e-8 } = all
  const json = { rate: rateJson(by), decay, eps }
  return withName('rmsprop', json, chain(scaleByRms({ decay, eps }), scaleByLearningRate(by)))
}

/**
 * RMSprop's direction, without rate and sign: `g / (√v + eps)`.
 * @throws `core/bad-option`
 */
export function scaleByRms({ decay = 0.9, eps = 1e-8 }: RmspropOptions = {}): Optimizer {
  checkNumber('rmsprop', 'decay', decay, { min: 0, below: 1 })
  checkNumber('rmsprop', 'eps', eps, { min: 0, open: true })
  return optimizer<tree.Params>(
    'scaleByRms',
    { decay, eps },
    {
      init: (params) => tree.map((param) => zerosLike(param), params),
      update(gradients, before) {
        const state = tree.zip(
          ([g, v]) => add(mul(v!, decay), mul(square(g!), 1 - decay)),
          gradients,
          before,
        )
        const updates = tree.zip(([g, v]) => div(g!, add(sqrt(v!), eps)), gradients, state)
        return { updates, state }
      },
    },
  )
}
