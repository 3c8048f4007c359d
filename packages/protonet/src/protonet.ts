// Snell, Swersky & Zemel 2017, Prototypical Networks for Few-shot Learning, arXiv:1703.05175.
import {
  classMeans,
  compareEpisodes,
  cosines,
  type MetaLearner,
  type Model,
  type NormalisationOptions,
  negativeSquaredDistances,
  normalisationOf,
} from '@kshot/core'
import { checkOptions } from '@kshot/core/options'
import { mul, type Tensor2D } from '@tensorflow/tfjs-core'
import { protonetOptions } from './options'

export type Distance = 'squared-euclidean' | 'cosine'

export interface ProtonetOptions {
  /** f_φ: any model that returns one row per example. */
  readonly backbone: Model
  /** d. The paper finds squared Euclidean best; cosine is its alternative. */
  readonly distance?: Distance
  /** Multiplies the similarity; default 1, and 10 for cosine, whose softmax would be nearly flat otherwise. */
  readonly scale?: number
  /** Default as in Snell: `batch-joint` in training, `running` at test. */
  readonly normalisation?: NormalisationOptions
}

/**
 * Prototypical Networks: each class is the mean of its support embeddings, and a query takes the nearest class.
 *
 * - c_k = 1/|S_k| Σ f_φ(x_i) over the support examples of class k (eq. 1)
 * - p(y = k | x) = softmax_k(−d(f_φ(x), c_k)) (eq. 2); `predict` returns the logits `[n, ways]`
 * - loss: −log p(y | x), averaged over the queries (algorithm 1)
 *
 * Trains with any number of classes and shots, and tests with any other.
 * @throws `protonet/bad-option`; on a support set, what `classesOf` of
 * `@kshot/core` throws
 * @example
 * const learner = protonet({ backbone: conv4() })
 */
export function protonet(options: ProtonetOptions): MetaLearner {
  checkOptions('protonet/bad-option', 'protonet', protonetOptions, options)
  const { backbone, distance = 'squared-euclidean' } = options
  const { scale = distance === 'cosine' ? 10 : 1 } = options
  const normalisation = normalisationOf(options.normalisation)
  const similarity = distance === 'cosine' ? cosines : negativeSquaredDistances
  return {
    spec: {
      package: '@kshot/protonet',
      export: 'protonet',
      options: { backbone: backbone.spec, distance, scale, normalisation },
    },
    init: (rng, { inputShape }) => backbone.init(rng, inputShape),
    ...compareEpisodes({
      backbone,
      normalisation,
      remember: (_, embeddings, oneHot) => ({ prototypes: classMeans(embeddings, oneHot) }),
      score: (_, queries, { prototypes }) => mul<Tensor2D>(similarity(queries, prototypes), scale),
    }),
  }
}
