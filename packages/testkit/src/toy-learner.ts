import {
  accuracy,
  type Batch,
  classMeans,
  type MetaLearner,
  negativeSquaredDistances,
  oneHotLabels,
  softmaxCrossEntropy,
  type Weights,
} from '@kshot/core'
import { dense, flatten, series } from '@kshot/core/nn'
import { add, type Scalar, scalar, type Tensor, type Tensor2D, tidy } from '@tensorflow/tfjs-core'

/** The smallest learner there is: a dense embedding, class means, and a state that counts tasks. */
export function toyLearner({ units = 4 } = {}): MetaLearner {
  const net = series([flatten(), dense({ units })])
  const embed = (meta: Weights, x: Tensor) =>
    net.apply({ params: meta.params, state: [{}, {}] }, x, { norm: 'none' }).y as Tensor2D
  const means = (meta: Weights, support: Batch) =>
    classMeans(embed(meta, support.x), oneHotLabels(support))
  const logits = (meta: Weights, x: Tensor, centres: Tensor2D) =>
    negativeSquaredDistances(embed(meta, x), centres)

  return {
    spec: { package: '@kshot/testkit', export: 'toyLearner', options: { units } },
    traits: {
      anyWay: true,
      classEquivariant: true,
      supportOrderInvariant: true,
      unevenShots: true,
      transductive: false,
      queriesTogether: 'none',
      innerSteps: 0,
    },
    init: (rng, { inputShape }) => ({
      params: net.init(rng, inputShape).params,
      state: { tasks: scalar(0) },
    }),
    loss(meta, { support, query }) {
      const output = logits(meta, query.x, means(meta, support))
      return {
        loss: softmaxCrossEntropy(output, query.y),
        state: { tasks: add((meta.state as { tasks: Scalar }).tasks, 1) },
        metrics: { accuracy: accuracy(output, query.y) },
      }
    },
    adapt: (meta, support) => tidy(() => means(meta, support)),
    predict: (meta, adapted, x) => tidy(() => logits(meta, x, adapted as Tensor2D)),
  }
}
