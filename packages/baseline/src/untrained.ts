import {
  compareEpisodes,
  type MetaLearner,
  type Model,
  type Params,
  type Spec,
  stopGradient,
  tree,
} from '@kshot/core'
import type { Tensor2D } from '@tensorflow/tfjs-core'

/** What a rule over features remembers of a support set, and how it scores queries by that. */
interface Rule<Memory extends Params> {
  readonly spec: Spec
  readonly backbone: Model
  remember(features: Tensor2D, oneHot: Tensor2D): Memory
  score(features: Tensor2D, memory: Memory): Tensor2D
}

/**
 * A learner with nothing to learn from tasks: a rule over raw examples, or over the features of a net
 * as it was drawn. Its loss is that of its predictions and has no derivative.
 */
export function untrained<Memory extends Params>(rule: Rule<Memory>): MetaLearner {
  const { spec, backbone, remember, score } = rule
  const { traits, loss, adapt, predict } = compareEpisodes<Memory>({
    backbone,
    normalisation: { train: 'running', test: 'running' },
    remember: (_, features, oneHot) => remember(features, oneHot),
    score: (_, features, memory) => score(features, memory),
  })
  return {
    spec,
    traits,
    trainsOn: 'nothing',
    init: (rng, { inputShape }) => backbone.init(rng, inputShape),
    loss: ({ params, state }, episode, ctx) =>
      loss({ params: tree.map((x) => stopGradient(x), params), state }, episode, ctx),
    adapt,
    predict,
  }
}
