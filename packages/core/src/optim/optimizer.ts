import { add } from '@tensorflow/tfjs-core'
import type { Spec } from '../spec'
import type { Params } from '../tree'
import * as tree from '../tree'
import { checkNumber } from './options'

/** What an optimizer may need in addition to the gradients. */
export interface UpdateOptions {
  /** Updates done so far: 0 in the first. */
  readonly step: number
  /** The parameters, for optimizers that look at them (weight decay). */
  readonly params?: Params
}

/**
 * A rule that turns gradients into updates, as in optax: a record of pure functions.
 *
 * The step is a plain number that the training loop passes, not a count in the state: schedules and
 * Adam's bias correction need it on the host, and a count kept as a tensor would have to be read
 * back in each update, which WebGPU and WebGL can't do without waiting. So the state holds moments
 * only, and a run that resumes at step n with that state continues bit for bit.
 *
 * Gradients, state and parameters are borrowed. Updates and the new state are the caller's, and
 * share no tensor with each other or with what was passed: dispose of the old state at any time.
 */
export interface Optimizer<State extends Params = Params> {
  readonly spec: Spec
  init(params: Params): State
  /** Returns what to add to the parameters, and the state for the next step. */
  update(gradients: Params, state: State, options: UpdateOptions): Update<State>
}

export type Update<State extends Params = Params> = {
  readonly updates: Params
  readonly state: State
}

/**
 * Adds updates to parameters: θ + Δ.
 * @throws `core/tree-mismatch`
 * @example
 * const { updates, state } = optimizer.update(gradients, before, { step, params })
 * const moved = applyUpdates(params, updates)
 */
export function applyUpdates<T extends Params>(params: T, updates: Params): T {
  return tree.tidy(() => tree.zip(([p, u]) => add(p!, u!), params, updates))
}

/** The rules of an optimizer: may leave intermediate tensors and `init` nothing. */
export interface Rules<State extends Params> {
  readonly init: (params: Params) => State
  readonly update: (gradients: Params, state: State, options: UpdateOptions) => Update<State>
}

/** An optimizer of this package from its rules; each call runs in one tidy, which a tape sees through. */
export function optimizer<State extends Params>(
  name: string,
  options: Spec['options'],
  { init, update }: Rules<State>,
): Optimizer<State> {
  return {
    spec: { package: '@kshot/core', export: name, options },
    init: (params) => tree.tidy(() => init(params)),
    update(gradients, state, at) {
      checkNumber('update', 'step', at?.step, { min: 0, integer: true })
      return tree.tidy(() => update(gradients, state, at))
    },
  }
}

/** An optimizer without state. */
export function stateless(
  name: string,
  options: Spec['options'],
  f: (gradients: Params, options: UpdateOptions) => Params,
): Optimizer {
  return optimizer<Params>(name, options, {
    init: () => ({}),
    update: (gradients, _, at) => ({ updates: f(gradients, at), state: {} }),
  })
}
