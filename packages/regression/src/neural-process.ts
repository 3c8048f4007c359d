// Garnelo, Rosenbaum, Maddison et al. 2018, Conditional Neural Processes, arXiv:1807.01613.
import { fromParts, mlp, partOf } from '@kshot/core'
import { checkOptions } from '@kshot/core/options'
import {
  add,
  concat,
  mean,
  mul,
  slice,
  softplus,
  square,
  type Tensor,
  type Tensor2D,
  tile,
} from '@tensorflow/tfjs-core'
import { neuralProcessOptions } from './options'
import { outputsOf, type PredictiveLearner, predictiveLearner } from './predictive'

export interface NeuralProcessOptions {
  /** Units of the layers of encoder and decoder. Default two of 64. */
  readonly hidden?: readonly number[]
  /** Numbers of the representation of a support set. Default 64. */
  readonly width?: number
}

/** The smallest deviation (the paper's bound, for standardised targets). */
const LEAST = 0.1

/**
 * A conditional neural process: r = mean over the support set of h(x, y); y ~ N(g(x, r)).
 *
 * h and g are perceptrons; the deviation is 0.1 + 0.9 softplus (section 2.3). Adapting takes one pass, and any
 * number of points.
 * @throws `regression/bad-option`
 */
export function neuralProcess(options: NeuralProcessOptions = {}): PredictiveLearner {
  checkOptions('regression/bad-option', 'neuralProcess', neuralProcessOptions, options)
  const { hidden = [64, 64], width = 64 } = options
  const encoder = mlp({ hidden, outputs: width })
  const decoder = (outputs: number) => mlp({ hidden, outputs: 2 * outputs })
  return predictiveLearner({
    spec: {
      package: '@kshot/regression',
      export: 'neuralProcess',
      options: { hidden: [...hidden], width },
    },
    init(rng, task) {
      const outputs = outputsOf(task)
      const inputs = task.inputShape[0]!
      return fromParts({
        encoder: encoder.init(rng.split('encoder'), [inputs + outputs]),
        decoder: decoder(outputs).init(rng.split('decoder'), [inputs + width]),
      })
    },
    adapt(meta, { x, y }) {
      const points = concat([x as Tensor2D, y as Tensor2D], 1)
      const { y: each } = encoder.apply(partOf(meta, 'encoder'), points, { norm: 'none' })
      // one row of targets tells how many numbers they have: prediction is not told
      return { context: mean(each, 0, true), targets: slice(y, [0, 0], [1, -1]) }
    },
    predictive(meta, adapted, x) {
      const { context, targets } = adapted as { readonly context: Tensor; readonly targets: Tensor }
      const outputs = targets.shape[1]!
      const n = x.shape[0]!
      const seen = concat([x as Tensor2D, tile(context as Tensor2D, [n, 1])], 1)
      const { y } = decoder(outputs).apply(partOf(meta, 'decoder'), seen, { norm: 'none' })
      const deviation = add(mul(softplus(slice(y, [0, outputs], [n, outputs])), 1 - LEAST), LEAST)
      return {
        mean: slice(y, [0, 0], [n, outputs]) as Tensor2D,
        variance: square(deviation) as Tensor2D,
      }
    },
  })
}
