import { add, clone, mul, zerosLike } from '@tensorflow/tfjs-core'
import { checkOptions } from '../options/check-options'
import * as tree from '../tree'
import { chain, withName } from './chain'
import { addDecayedWeights } from './decay'
import { type Optimizer, optimizer } from './optimizer'
import { BAD_OPTION, checkNumber, namedOptions } from './options'
import { scaleByLearningRate } from './scale'
import { type Rate, rateJson } from './schedules'
import { momentumOptions, sgdOptions } from './schemas'

/**
 * Gradient descent: `Δ = -rate(step) · g`. Differentiable in the gradients.
 * @throws `core/bad-option`
 * @example sgd(0.01)
 */
export function sgd(rate: Rate | { readonly rate: Rate }): Optimizer {
  const all = namedOptions<{ rate: Rate }>('rate', rate)
  checkOptions(BAD_OPTION, 'sgd', sgdOptions, all)
  const { rate: by } = all
  const json = { rate: rateJson(by) }
  return withName('sgd', json, scaleByLearningRate(by))
}

export interface TraceOptions {
  /** How much of the trace is kept in each step. Default 0.9. */
  readonly decay?: number
  /** Looks one step ahead. Default false. */
  readonly nesterov?: boolean
}

export interface MomentumOptions extends TraceOptions {
  /** Times the parameters, added to the gradients first, as PyTorch's SGD does. Default 0. */
  readonly weightDecay?: number
}

/**
 * Gradient descent with momentum: `t ← g + decay · t`, `Δ = -rate(step) · t`; with `nesterov`
 * `Δ = -rate(step) · (g + decay · t)`. With `weightDecay`, g is `g + weightDecay · θ`. Differentiable in the
 * gradients.
 *
 * Polyak 1964; Sutskever et al. 2013, eq. 1–4.
 * @throws `core/bad-option`
 * @example momentum(0.01, { decay: 0.9, nesterov: true })
 */
export function momentum(
  rate: Rate | ({ readonly rate: Rate } & MomentumOptions),
  options: MomentumOptions = {},
): Optimizer {
  const all = namedOptions<{ rate: Rate } & MomentumOptions>('rate', rate, options)
  checkOptions(BAD_OPTION, 'momentum', momentumOptions, all)
  const { rate: by, decay = 0.9, nesterov = false, weightDecay = 0 } = all
  const json = { rate: rateJson(by), decay, nesterov }
  const descent = [trace({ decay, nesterov }), scaleByLearningRate(by)]
  if (weightDecay === 0) return withName('momentum', json, chain(...descent))
  // Only where there is one, so that the specs of others stay as they were.
  const decayed = chain(addDecayedWeights(weightDecay), ...descent)
  return withName('momentum', { ...json, weightDecay }, decayed)
}

/**
 * A decaying sum of gradients: `t ← g + decay · t`.
 * @throws `core/bad-option`
 */
export function trace({ decay = 0.9, nesterov = false }: TraceOptions = {}): Optimizer {
  checkNumber('trace', 'decay', decay, { min: 0, below: 1 })
  const sum = (g: tree.Params, t: tree.Params) =>
    tree.zip(([gradient, past]) => add(gradient!, mul(past!, decay)), g, t)
  return optimizer<tree.Params>(
    'trace',
    { decay, nesterov },
    {
      init: (params) => tree.map((param) => zerosLike(param), params),
      update(gradients, before) {
        const state = sum(gradients, before)
        // Updates and state are disposed of separately, so they may not be the same tensors.
        const updates = nesterov ? sum(gradients, state) : tree.map((t) => clone(t), state)
        return { updates, state }
      },
    },
  )
}
