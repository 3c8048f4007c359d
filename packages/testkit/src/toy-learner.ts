import { accuracy, type MetaLearner, softmaxCrossEntropy, type Weights } from '@kshot/core'
import { dense, flatten, series } from '@kshot/core/nn'
import {
  add,
  cast,
  div,
  expandDims,
  matMul,
  neg,
  oneHot,
  type Scalar,
  scalar,
  square,
  sub,
  sum,
  type Tensor,
  type Tensor1D,
  tidy,
  transpose,
} from '@tensorflow/tfjs-core'

/** The smallest learner there is: a dense embedding, class means, and a state that counts tasks. */
export function toyLearner({ units = 4 } = {}): MetaLearner {
  const net = series([flatten(), dense({ units })])
  const embed = (meta: Weights, x: Tensor) =>
    net.apply({ params: meta.params, state: [{}, {}] }, x, { norm: 'none' }).y
  const means = (z: Tensor, y: Tensor1D, ways: number) => {
    const marks = transpose(cast(oneHot(y, ways), 'float32'))
    return matMul(div(marks, sum(marks, 1, true)) as never, z as never)
  }
  const logits = (z: Tensor, centres: Tensor) =>
    neg(sum(square(sub(expandDims(z, 1), expandDims(centres, 0))), 2))

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
      const centres = means(embed(meta, support.x), support.y as Tensor1D, support.ways!)
      const output = logits(embed(meta, query.x), centres)
      return {
        loss: softmaxCrossEntropy(output, query.y) as Scalar,
        state: { tasks: add((meta.state as { tasks: Scalar }).tasks, 1) },
        metrics: { accuracy: accuracy(output, query.y) },
      }
    },
    adapt: (meta, { x, y, ways }) => tidy(() => means(embed(meta, x), y as Tensor1D, ways!)),
    predict: (meta, adapted, x) => tidy(() => logits(embed(meta, x), adapted as Tensor)),
  }
}
