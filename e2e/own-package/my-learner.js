// Somebody else's learner: class means of a linear map, the nearest wins.
import {
  accuracy,
  classMeans,
  negativeSquaredDistances,
  oneHotLabels,
  presentClasses,
  softmaxCrossEntropy,
  withoutAbsent,
} from '@kshot/core'
import { dense, flatten, series } from '@kshot/core/nn'
import * as tf from '@tensorflow/tfjs-core'

export function myLearner({ units = 8 } = {}) {
  const net = series([flatten(), dense({ units })])
  const embed = ({ params }, x) => net.apply({ params, state: [{}, {}] }, x, { norm: 'none' }).y

  function adapt(meta, support) {
    const oneHot = oneHotLabels(support)
    return {
      centres: classMeans(embed(meta, support.x), oneHot),
      present: presentClasses(oneHot),
    }
  }

  const predict = (meta, { centres, present }, x) =>
    withoutAbsent(negativeSquaredDistances(embed(meta, x), centres), present)

  return {
    spec: { package: 'my-package', export: 'myLearner', options: { units } },
    traits: {
      anyWay: true,
      classEquivariant: true,
      supportOrderInvariant: true,
      unevenShots: true,
      transductive: false,
      queriesTogether: 'none',
      innerSteps: 0,
    },
    init: (rng, { inputShape }) => ({ params: net.init(rng, inputShape).params, state: {} }),
    loss(meta, { support, query }) {
      const logits = predict(meta, adapt(meta, support), query.x)
      return {
        loss: softmaxCrossEntropy(logits, query.y),
        state: {},
        metrics: { accuracy: accuracy(logits, query.y) },
      }
    },
    adapt: (meta, support) => tf.tidy(() => adapt(meta, support)),
    predict: (meta, adapted, x) => tf.tidy(() => predict(meta, adapted, x)),
  }
}
