import {
  type Batch,
  KshotError,
  type Optimizer,
  type Params,
  stopGradient,
  tree,
  valueAndGrad,
} from '@kshot/core'
import { add, type Tensor } from '@tensorflow/tfjs-core'
import type { At, Network, Weights } from './network'

/** How the inner loop moves: the gradient of step number `step` to what is added to the parameters. */
export type Rule = Pick<Optimizer, 'init' | 'update'>

export interface InnerLoop {
  readonly network: Network
  readonly steps: number
  readonly rule: Rule
  /** Which parameters adapt, by their path. */
  readonly adapts: RegExp
  /** Treats the gradients as constants in the meta-gradient. */
  readonly firstOrder: boolean
  readonly phase: At['phase']
}

/** The parameters after 0, 1, … steps, and the state after the last. */
export interface Trajectory {
  readonly params: readonly Weights[]
  readonly state: Params
  /** The state of the rule after the last step. */
  readonly rule: Params
}

/** The inner loop: descends on the loss of the support set, and can be differentiated. */
export function innerLoop(
  { network, steps, rule, adapts, firstOrder, phase }: InnerLoop,
  start: Weights,
  state: Params,
  supportAt: (innerStep: number) => Batch,
): Trajectory {
  const { moving, merge } = movable(start, adapts, steps)
  let now: Moving = { moving, rule: rule.init(moving), state }
  const params = [start]
  for (let innerStep = 0; innerStep < steps; innerStep++) {
    now = tree.tidy(() => descend(now, innerStep))
    params.push(merge(now.moving))
  }
  return { params, state: now.state, rule: now.rule }

  function descend({ moving, rule: before, state }: Moving, innerStep: number): Moving {
    const { gradient: full, aux } = valueAndGrad((moving: readonly Tensor[]) => {
      const support = supportAt(innerStep)
      const result = network.loss(merge(moving), state, support, { phase, innerStep })
      return { value: result.loss, aux: result.state }
    })(moving)
    const gradient = firstOrder ? full.map((g) => stopGradient(g)) : full
    const moved = rule.update(gradient, before, { step: innerStep, params: moving })
    return {
      moving: tree.zip(([theta, delta]) => add(theta!, delta!), moving, moved.updates),
      rule: moved.state,
      state: aux,
    }
  }
}

type Moving = { readonly moving: readonly Tensor[]; readonly rule: Params; readonly state: Params }

/** The tensors whose path matches, and how they go back into the tree. */
function movable(weights: Weights, adapts: RegExp, steps: number) {
  const moving = selected(weights, adapts)
  if (moving.length === 0 && steps > 0) throw adaptsNothing(adapts, tree.flatten(weights))
  const merge = (moved: readonly Tensor[]): Weights => {
    let next = 0
    return tree.map((tensor, path) => (adapts.test(path) ? moved[next++]! : tensor), weights)
  }
  return { moving, merge }
}

/** The tensors of a tree whose path matches, in its order. */
export function selected(weights: Params, adapts: RegExp): Tensor[] {
  return tree.flatten(weights).flatMap(([path, tensor]) => (adapts.test(path) ? [tensor] : []))
}

function adaptsNothing({ source }: RegExp, leaves: readonly tree.Leaf[]): KshotError {
  return new KshotError('maml/adapts-nothing', {
    got: `adapts '${source}', which matches no parameter`,
    expected: `one or more of ${leaves.map(([path]) => path).join(', ')}`,
    remedy: 'Correct the expression',
  })
}

/** Numbers of inner steps: one for both, or one each. */
export type Steps = number | { readonly train: number; readonly test: number }

/** The numbers of inner steps of both phases. */
export function bothSteps(steps: Steps): { train: number; test: number } {
  return typeof steps === 'number' ? { train: steps, test: steps } : { ...steps }
}
