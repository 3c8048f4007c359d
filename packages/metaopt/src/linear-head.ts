import {
  checkedEmbeddings,
  compareEpisodes,
  fromParts,
  type MetaLearner,
  type Model,
  type NormalisationOptions,
  normalisationOf,
  partOf,
  type Spec,
} from '@kshot/core'
import { add, exp, matMul, mul, scalar, type Tensor, type Tensor2D } from '@tensorflow/tfjs-core'

/** What every head of this package takes. */
export interface HeadOptions {
  /** f_φ: any model that returns one row per example. */
  readonly backbone: Model
  /** The initial factor of the scores before the softmax; it is learned. */
  readonly scale?: number
  /** By default `batch-joint` in training, `running` at test. */
  readonly normalisation?: NormalisationOptions
}

/** The meta-parameters of a head. */
export interface HeadParams {
  /** λ, if the head has one. */
  readonly lambda: Tensor
}

/** A head: how the weights of a linear classifier come from a support set. */
interface Head {
  readonly name: 'ridge' | 'logistic' | 'svm'
  readonly options: Spec['options']
  readonly scale: number
  /** Initial λ, if it is learned. */
  readonly lambda?: number
  /** Embeddings `[n, d]` and one-hot labels `[n, ways]` to weights `[d, ways]`. */
  weights(z: Tensor2D, oneHot: Tensor2D, params: HeadParams): Tensor2D
}

type Stored = { readonly logLambda?: Tensor; readonly scale: Tensor; readonly bias: Tensor }

/**
 * The learner of a head: the logits of a query are scale · z W + bias, with W the optimum on the support set.
 * Scale, bias and λ (as its logarithm, so that it stays positive) are learned with the backbone.
 */
export function linearHead(head: Head, { backbone, normalisation }: HeadOptions): MetaLearner {
  const modes = normalisationOf(normalisation)
  return {
    spec: {
      package: '@kshot/metaopt',
      export: head.name,
      options: { backbone: backbone.spec, ...head.options, normalisation: modes },
    },
    init: (rng, { inputShape }) => {
      const params = {
        scale: scalar(head.scale),
        bias: scalar(0),
        ...(head.lambda !== undefined && { logLambda: scalar(Math.log(head.lambda)) }),
      }
      return fromParts({
        backbone: backbone.init(rng, inputShape),
        head: { params, state: {} },
      })
    },
    ...compareEpisodes({
      backbone,
      normalisation: modes,
      embed: (meta, x, norm, rng) => {
        const options = { norm, ...(rng && { rng }) }
        const { y, state } = backbone.apply(partOf(meta, 'backbone'), x, options)
        return { y: checkedEmbeddings(y), state: { backbone: state, head: {} } }
      },
      remember: (meta, z, oneHot) => {
        const { logLambda } = partOf(meta, 'head').params as Stored
        const lambda = logLambda ? exp(logLambda) : scalar(0)
        return { weights: head.weights(z, oneHot, { lambda }) }
      },
      score: (meta, z, { weights }) => {
        const { scale, bias } = partOf(meta, 'head').params as Stored
        return add(mul(scale, matMul(z, weights as Tensor2D)), bias) as Tensor2D
      },
    }),
  }
}
