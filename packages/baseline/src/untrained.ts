import {
  accuracy,
  type Batch,
  type MetaLearner,
  type Model,
  marksOf,
  type Params,
  queryTraits,
  type Spec,
  softmaxCrossEntropy,
  stopGradient,
  tree,
} from '@kshot/core'
import type { Tensor2D } from '@tensorflow/tfjs-core'
import { featuresOf } from './support'

/** What a rule over features remembers of a support set, and how it judges queries by it. */
interface Rule<Memory extends Params> {
  readonly spec: Spec
  readonly backbone: Model
  remember(features: Tensor2D, marks: Tensor2D): Memory
  judge(features: Tensor2D, memory: Memory): Tensor2D
}

/**
 * A learner with nothing to learn from tasks: a rule over raw examples, or over the features of a net
 * as it was drawn. Its loss is that of its predictions and has no derivative.
 */
export function untrained<Memory extends Params>(rule: Rule<Memory>): MetaLearner {
  const { spec, backbone } = rule
  const learner: MetaLearner = {
    spec,
    traits: {
      anyWay: true,
      classEquivariant: true,
      supportOrderInvariant: true,
      unevenShots: true,
      ...queryTraits(backbone, 'running'),
      innerSteps: 0,
      net: backbone.spec,
    },
    trainsOn: 'nothing',
    init: (rng, { inputShape }) => backbone.init(rng, inputShape),
    loss({ params, state }, { support, query }, ctx) {
      const meta = { params: tree.map((x) => stopGradient(x), params), state }
      const logits = learner.predict(meta, learner.adapt(meta, support, ctx), query.x, ctx)
      const loss = softmaxCrossEntropy(logits, query.y)
      return { loss, state, metrics: { accuracy: accuracy(logits, query.y) } }
    },
    adapt: (meta, support: Batch) =>
      tree.tidy(() => {
        const marks = marksOf(support)
        return rule.remember(featuresOf(backbone, meta, support.x), marks)
      }),
    predict: (meta, adapted, x) =>
      tree.tidy(() => rule.judge(featuresOf(backbone, meta, x), adapted as Memory)),
  }
  return learner
}
