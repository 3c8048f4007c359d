import { add, div, engine, mul, sqrt, square, type Tensor, zerosLike } from '@tensorflow/tfjs-core'
import { hasKernel, runKernels } from '../autodiff/kernels'
import { ScaleByAdam, type ScaleByAdamAttrs } from '../kernels'
import { checkOptions } from '../options/check-options'
import * as tree from '../tree'
import { chain, withName } from './chain'
import { addDecayedWeights } from './decay'
import { type Optimizer, optimizer, type Update } from './optimizer'
import { BAD_OPTION, checkNumber, namedOptions } from './options'
import { scaleByLearningRate } from './scale'
import { type Rate, rateJson } from './schedules'
import { adamOptions, adamwOptions } from './schemas'

export interface AdamOptions {
  /** Decay of the first moment. Default 0.9. */
  readonly b1?: number
  /** Decay of the second moment. Default 0.999. */
  readonly b2?: number
  /** Added to the root of the second moment. Default 1e-8. */
  readonly eps?: number
}

/**
 * Adam: `m ← b1·m + (1 - b1)·g`, `v ← b2·v + (1 - b2)·g²`, and with t = step + 1
 * `Δ = -rate(step) · m / (1 - b1ᵗ) / (√(v / (1 - b2ᵗ)) + eps)`.
 *
 * Kingma & Ba 2015, algorithm 1.
 * @throws `core/bad-option`
 * @example adam(step({ initial: 1e-3, every: 2000 }))
 */
export function adam(
  rate: Rate | ({ readonly rate: Rate } & AdamOptions),
  options: AdamOptions = {},
): Optimizer {
  const all = namedOptions<{ rate: Rate } & AdamOptions>('rate', rate, options)
  checkOptions(BAD_OPTION, 'adam', adamOptions, all)
  const { rate: by, b1 = 0.9, b2 = 0.999, eps = 1e-8 } = all
  const json = { rate: rateJson(by), b1, b2, eps }
  return withName('adam', json, chain(scaleByAdam({ b1, b2, eps }), scaleByLearningRate(by)))
}

export interface AdamwOptions extends AdamOptions {
  /** Default 0.01. */
  readonly weightDecay?: number
}

/**
 * Adam with decoupled weight decay: `Δ = -rate(step) · (Adam's direction + weightDecay · θ)`.
 *
 * Loshchilov & Hutter 2019, algorithm 2. Its update needs `params`.
 * @throws `core/bad-option`, `core/params-missing`
 * @example adamw(1e-3, { weightDecay: 0.01 })
 */
export function adamw(
  rate: Rate | ({ readonly rate: Rate } & AdamwOptions),
  options: AdamwOptions = {},
): Optimizer {
  const all = namedOptions<{ rate: Rate } & AdamwOptions>('rate', rate, options)
  checkOptions(BAD_OPTION, 'adamw', adamwOptions, all)
  const { rate: by, b1 = 0.9, b2 = 0.999, eps = 1e-8, weightDecay = 0.01 } = all
  const json = { rate: rateJson(by), b1, b2, eps, weightDecay }
  const links = [scaleByAdam({ b1, b2, eps }), addDecayedWeights(weightDecay)] as const
  return withName('adamw', json, chain(...links, scaleByLearningRate(by)))
}

/** The decaying means of gradients and of their squares. */
export type AdamState = { readonly m: tree.Params; readonly v: tree.Params }

/**
 * Adam's direction, without rate and sign: `m̂ / (√v̂ + eps)`.
 *
 * Kingma & Ba 2015, algorithm 1.
 * @throws `core/bad-option`
 */
export function scaleByAdam(options: AdamOptions = {}): Optimizer<AdamState> {
  const { b1 = 0.9, b2 = 0.999, eps = 1e-8 } = options
  checkNumber('adam', 'b1', b1, { min: 0, below: 1 })
  checkNumber('adam', 'b2', b2, { min: 0, below: 1 })
  checkNumber('adam', 'eps', eps, { min: 0, open: true })
  const zeros = (params: tree.Params) => tree.map((param) => zerosLike(param), params)
  return optimizer<AdamState>(
    'scaleByAdam',
    { b1, b2, eps },
    {
      init: (params) => ({ m: zeros(params), v: zeros(params) }),
      update(gradients, before, { step }) {
        // Both start at 0 and would be too small in the first steps.
        const [unbiasM, unbiasV] = [1 / (1 - b1 ** (step + 1)), 1 / (1 - b2 ** (step + 1))]
        if (inOnePass()) return onePass({ b1, b2, eps, unbiasM, unbiasV }, gradients, before)
        const m = tree.zip(([g, past]) => decayingMean(past!, g!, b1), gradients, before.m)
        const v = tree.zip(([g, past]) => decayingMean(past!, square(g!), b2), gradients, before.v)
        const updates = tree.zip(
          ([first, second]) => div(mul(first!, unbiasM), add(sqrt(mul(second!, unbiasV)), eps)),
          m,
          v,
        )
        return { updates, state: { m, v } }
      },
    },
  )
}

/** Where the backend has the kernel; it has no derivative, so not where one is being taken. */
function inOnePass(): boolean {
  return engine().state.gradientDepth === 0 && hasKernel(ScaleByAdam)
}

/** The same by one kernel per parameter, to the same bytes. */
function onePass(
  attrs: ScaleByAdamAttrs,
  gradients: tree.Params,
  before: AdamState,
): Update<AdamState> {
  const [m, v] = [before.m, before.v].map((past) => tree.aligned(gradients, past))
  const moved = tree
    .leaves(gradients)
    .map((gradient, i) => runKernels(ScaleByAdam, { gradient, m: m![i]!, v: v![i]! }, attrs))
  const part = (i: number) =>
    tree.unflatten(
      gradients,
      moved.map((outputs) => outputs[i]!),
    )
  return { updates: part(0), state: { m: part(1), v: part(2) } }
}

function decayingMean(past: Tensor, value: Tensor, decay: number): Tensor {
  return add(mul(past, decay), mul(value, 1 - decay))
}
