// Sung, Yang, Zhang, Xiang, Torr & Hospedales 2018, Learning to Compare: Relation Network for Few-Shot Learning, arXiv:1711.06025.
import {
  compareEpisodes,
  fromParts,
  type MetaLearner,
  meanSquaredError,
  meanWeights,
  type NormalisationOptions,
  normalisationOf,
  outputShapeOf,
  partOf,
  queryTraits,
  type ShapedModel,
  softmaxCrossEntropy,
} from '@kshot/core'
import { checkOptions } from '@kshot/core/options'
import {
  cast,
  matMul,
  oneHot as oneHotOf,
  reshape,
  type Scalar,
  sigmoid,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor4D,
  transpose,
} from '@tensorflow/tfjs-core'
import { relationOptions } from './options'
import { relationModule } from './relation-module'

export interface RelationOptions {
  /** f_φ: a model that returns feature maps `[n, h, w, c]`, at least 4 × 4. */
  readonly backbone: ShapedModel
  /** Filters of both convolutions in the relation module. Default 64. */
  readonly filters?: number
  /** Units of the relation module's first dense layer. Default 8. */
  readonly hidden?: number
  /** Added to the variance in the relation module's batch norms. Default 1e-5. */
  readonly eps?: number
  /** Weight of the newest batch in their running statistics. Default 0.1. */
  readonly momentum?: number
  /** The paper's mean squared error (default), or the cross-entropy of a softmax over the classes. */
  readonly loss?: 'mse' | 'cross-entropy'
  /** How to combine the maps of a class's shots: the paper's sum (default), or the mean. */
  readonly shots?: 'sum' | 'mean'
  /** By default `batch-joint` in training, `running` at test. Sung's code: `batch-separate` in both. */
  readonly normalisation?: NormalisationOptions
}

/**
 * Relation Networks: a learned module scores how well a query matches a class.
 *
 * - r_ij = σ(g_φ(C(f_φ(x_i), f_φ(x_j)))) (eq. 1), summing several shots of a class
 * - loss: the mean over queries and classes of (r_ij − 1[y_i = y_j])² (eq. 2)
 *
 * `predict` returns logits `[n, ways]`: the log-odds of r, so the largest is the best relation; −10⁹
 * for a class without examples. Trains with any number of classes and shots, and tests with any other.
 * @throws `relation/bad-option`; from `init`: `relation/no-maps`,
 * `relation/map-too-small`; on a support set, what `classesOf` of `@kshot/core` throws
 * @example
 * const learner = relation({ backbone: convMaps() })
 */
export function relation(options: RelationOptions): MetaLearner {
  checkOptions('relation/bad-option', 'relation', relationOptions, options)
  const { backbone, loss = 'mse', shots = 'sum' } = options
  const { filters = 64, hidden = 8, eps = 1e-5, momentum = 0.1 } = options
  const normalisation = normalisationOf(options.normalisation)
  const module = relationModule({ filters, hidden, eps, momentum })

  const comparison = compareEpisodes<{ classes: Tensor4D }, Tensor4D>({
    backbone,
    normalisation,
    embed(meta, x, norm) {
      const { y, state } = backbone.apply(partOf(meta, 'embedding'), x, { norm })
      return { y, state: { ...(meta.state as object), embedding: state } }
    },
    remember: (_, maps, oneHot) => ({ classes: classMaps(maps, oneHot, shots) }),
    /** Log-odds of r. */
    score(meta, maps, { classes }, norm) {
      const { y, state } = module.apply(partOf(meta, 'relation'), classes, maps, norm)
      return { y, state: { ...(meta.state as object), relation: state } }
    },
    loss: loss === 'mse' ? relationLoss : softmaxCrossEntropy,
  })

  return {
    ...comparison,
    spec: {
      package: '@kshot/relation',
      export: 'relation',
      options: {
        backbone: backbone.spec,
        filters,
        hidden,
        eps,
        momentum,
        loss,
        shots,
        normalisation,
      },
    },
    // The relation module normalises pairs, whatever the backbone does.
    traits: { ...comparison.traits, ...queryTraits({ normalises: true }, normalisation.test) },
    init: (rng, { inputShape }) =>
      fromParts({
        embedding: backbone.init(rng.split('embedding'), inputShape),
        relation: module.init(rng.split('relation'), outputShapeOf(backbone, inputShape)),
      }),
  }
}

/** The maps of each class, `[ways, h, w, c]`: the sum or the mean over its examples. */
function classMaps(maps: Tensor4D, oneHot: Tensor2D, shots: 'sum' | 'mean'): Tensor4D {
  const [m, h, w, c] = maps.shape
  const weights = shots === 'sum' ? transpose(oneHot) : meanWeights(oneHot)
  return reshape(matMul(weights, reshape(maps, [m, h * w * c])), [-1, h, w, c])
}

/** (r − 1[y_i = y_j])², averaged over queries and classes (eq. 2). */
function relationLoss(logOdds: Tensor, labels: Tensor): Scalar {
  const related = cast(oneHotOf(labels as Tensor1D, logOdds.shape[1]!), 'float32')
  return meanSquaredError(sigmoid(logOdds), related)
}
