// Finn, Abbeel & Levine 2017, Model-Agnostic Meta-Learning, algorithm 3, arXiv:1703.03400;
// the outer step by Schulman et al. 2017, Proximal Policy Optimization, eq. 7, arXiv:1707.06347.
import { type Params, type Trainable, tree, valueAndGrad } from '@kshot/core'
import {
  clipByValue,
  exp,
  mean,
  minimum,
  mul,
  neg,
  type Scalar,
  sub,
  type Tensor1D,
  type Tensor2D,
} from '@tensorflow/tfjs-core'
import type { Policy } from './policy'

/** Steps of a task's episodes, with the advantage of each. */
export type Steps = {
  /** `[n, observations]` */
  readonly observations: Tensor2D
  /** `[n, actions]` */
  readonly actions: Tensor2D
  /** `[n]` */
  readonly advantages: Tensor1D
  /** log π of the policy that took the actions, `[n]`. */
  readonly logProb: Tensor1D
}

/** What one task gives: episodes of the policy, and of the adapted policy. */
export interface PolicyTask {
  readonly before: Steps
  readonly after: Steps
}

export interface PolicyMamlOptions {
  readonly policy: Policy
  /** α: the rate of the inner step. */
  readonly innerRate: number
  /** 0: pre-training on all tasks without adaptation. Default 1. */
  readonly steps?: 0 | 1
  /** How far the outer step may move a probability ratio from 1. Default 0.2. */
  readonly clip?: number
}

export interface PolicyMaml extends Trainable<PolicyTask> {
  readonly policy: Policy
  /**
   * θ′ ← θ + α ∇ mean ratio · advantage: one REINFORCE step.
   * @param share of the rate α; default 1
   */
  adapt(params: Params, steps: Steps, share?: number): Params
}

/**
 * Policy-gradient MAML: initial parameters from which one REINFORCE step on a few episodes of a new task
 * gets the most reward.
 *
 * - inner loss: −mean(π_θ(a|o) / π_sampled(a|o) · A): where episodes were sampled its gradient is
 *   REINFORCE's, and its second derivative accounts for the episodes that θ would have made likelier
 * - outer loss: −mean(min(r A, clip(r) A)), r = π_θ′(a|o) / π_sampled(a|o), differentiated through the step
 */
export function policyMaml(options: PolicyMamlOptions): PolicyMaml {
  const { policy, innerRate, steps = 1, clip = 0.2 } = options
  const ratioOf = (params: Params, { observations, actions, logProb }: Steps) =>
    exp(sub(policy.logProb(params, observations, actions), logProb))
  const surrogate = (params: Params, data: Steps) =>
    neg(mean(mul(ratioOf(params, data), data.advantages))) as Scalar
  const adapt = (params: Params, data: Steps, share = 1): Params => {
    const { gradient } = valueAndGrad((p: Params) => ({ value: surrogate(p, data), aux: {} }))(
      params,
    )
    return tree.zip(([p, g]) => sub(p!, mul(g!, share * innerRate)), params, gradient)
  }
  return {
    policy,
    spec: {
      package: '@kshot/control',
      export: 'policyMaml',
      options: { policy: policy.spec, innerRate, steps, clip },
    },
    init: (rng) => ({ params: policy.init(rng), state: {} }),
    adapt,
    loss({ params, state }, { before, after }) {
      const adapted = steps === 0 ? params : adapt(params, before)
      const ratio = ratioOf(adapted, after)
      const bounded = clipByValue(ratio, 1 - clip, 1 + clip)
      const gain = minimum(mul(ratio, after.advantages), mul(bounded, after.advantages))
      return { loss: neg(mean(gain)) as Scalar, state, metrics: {} }
    },
  }
}
