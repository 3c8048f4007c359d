import {
  type Adapted,
  type Batch,
  type Context,
  checkExamples,
  type Meta,
  type MetaLearner,
  type Rng,
  type Spec,
  type TaskSpec,
  type Traits,
} from '@kshot/core'
import {
  add,
  div,
  log,
  mean,
  mul,
  type Scalar,
  square,
  sub,
  type Tensor,
  type Tensor2D,
} from '@tensorflow/tfjs-core'

/** A normal distribution for each target: `[n, outputs]` both, noise included. */
export type Predictive = { readonly mean: Tensor2D; readonly variance: Tensor2D }

/** A learner of regressions that says how sure it is. */
export interface PredictiveLearner extends MetaLearner {
  /** The distribution of each target; `predict` returns its mean. */
  predictive(meta: Meta, adapted: Adapted, x: Tensor, ctx: Context): Predictive
}

/**
 * −log N(y; mean, variance), averaged over points and targets: ½ (log 2πσ² + (y − μ)² / σ²).
 * @param y `[n, outputs]`
 */
export function gaussianLoss({ mean: mu, variance }: Predictive, y: Tensor): Scalar {
  const misfit = div(square(sub(y, mu)), variance)
  return mul(0.5, mean(add(add(log(variance), Math.log(2 * Math.PI)), misfit))) as Scalar
}

/** What adapts without gradient steps, from whatever points there are. */
export const TRAITS: Traits = {
  anyWay: false,
  classEquivariant: false,
  supportOrderInvariant: true,
  unevenShots: true,
  transductive: false,
  queriesTogether: 'none',
  innerSteps: 0,
}

/** What a learner is made of; its loss is that of the queries, given the support set. */
interface Parts {
  readonly spec: Spec
  readonly traits?: Partial<Traits>
  init(rng: Rng, taskSpec: TaskSpec): Meta
  adapt(meta: Meta, support: Batch, ctx: Context): Adapted
  predictive(meta: Meta, adapted: Adapted, x: Tensor, ctx: Context): Predictive
}

/** A learner whose predictions are distributions; meta-training maximises their density at the queries. */
export function predictiveLearner({ traits, ...parts }: Parts): PredictiveLearner {
  const { predictive } = parts
  const adapt: Parts['adapt'] = (meta, support, ctx) => {
    checkExamples(support)
    return parts.adapt(meta, support, ctx)
  }
  return {
    ...parts,
    adapt,
    traits: { ...TRAITS, ...traits },
    loss: (meta, { support, query }, ctx) => ({
      loss: gaussianLoss(predictive(meta, adapt(meta, support, ctx), query.x, ctx), query.y),
      state: meta.state,
      metrics: {},
    }),
    predict: (meta, adapted, x, ctx) => predictive(meta, adapted, x, ctx).mean,
  }
}

/** How many numbers a target has. */
export function outputsOf({ outputShape = [1] }: TaskSpec): number {
  return outputShape.reduce((product, n) => product * n, 1)
}
