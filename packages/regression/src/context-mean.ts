import { checkExamples, type MetaLearner, meanSquaredError } from '@kshot/core'
import { checkOptions } from '@kshot/core/options'
import { mean, type Tensor, type Tensor2D, tile } from '@tensorflow/tfjs-core'
import { contextMeanOptions } from './options'
import { TRAITS } from './predictive'

/**
 * The mean of the support targets, for every query: what a learner must beat to have used its inputs.
 * It learns nothing.
 * @throws `regression/bad-option`
 */
export function contextMean(options: Record<string, never> = {}): MetaLearner {
  checkOptions('regression/bad-option', 'contextMean', contextMeanOptions, options)
  const predict = (context: Tensor, x: Tensor) => tile(context as Tensor2D, [x.shape[0]!, 1])
  const meanOf = (y: Tensor) => mean(y, 0, true)
  return {
    spec: { package: '@kshot/regression', export: 'contextMean', options: {} },
    traits: TRAITS,
    trainsOn: 'nothing',
    init: () => ({ params: {}, state: {} }),
    loss: (meta, { support, query }) => ({
      loss: meanSquaredError(predict(meanOf(support.y), query.x), query.y),
      state: meta.state,
      metrics: {},
    }),
    adapt(_, support) {
      checkExamples(support)
      return { mean: meanOf(support.y) }
    },
    predict: (_, adapted, x) => predict((adapted as { mean: Tensor }).mean, x),
  }
}
