// Somebody else's learner: class means of a linear map, the nearest wins.
import { accuracy, softmaxCrossEntropy } from '@kshot/core'
import { dense, flatten, series } from '@kshot/core/nn'
import * as tf from '@tensorflow/tfjs-core'

export function myLearner({ units = 8 } = {}) {
  const net = series([flatten(), dense({ units })])
  const embed = ({ params }, x) => net.apply({ params, state: [{}, {}] }, x, { norm: 'none' }).y
  const means = (z, { y, ways }) => {
    const members = tf.transpose(tf.cast(tf.oneHot(y, ways), 'float32'))
    return tf.matMul(tf.div(members, tf.sum(members, 1, true)), z)
  }
  const scores = (z, centres) =>
    tf.neg(tf.sum(tf.square(tf.sub(tf.expandDims(z, 1), tf.expandDims(centres, 0))), 2))

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
      const logits = scores(embed(meta, query.x), means(embed(meta, support.x), support))
      return {
        loss: softmaxCrossEntropy(logits, query.y),
        state: {},
        metrics: { accuracy: accuracy(logits, query.y) },
      }
    },
    adapt: (meta, support) => tf.tidy(() => means(embed(meta, support.x), support)),
    predict: (meta, centres, x) => tf.tidy(() => scores(embed(meta, x), centres)),
  }
}
