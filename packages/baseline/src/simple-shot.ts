// Wang et al. 2019, SimpleShot: Revisiting Nearest-Neighbor Classification for Few-Shot Learning, arXiv:1911.04623.
import {
  type Batch,
  compareEpisodes,
  type MetaLearner,
  type Model,
  type Params,
  stopGradient,
  unitRows,
} from '@kshot/core'
import { checkOptions } from '@kshot/core/options'
import {
  add,
  div,
  maximum,
  mean,
  mul,
  type Scalar,
  scalar,
  sub,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  zeros,
} from '@tensorflow/tfjs-core'
import { nearestMean } from './centroids'
import { bodyOf, type ClassifierParams, classifierTraining } from './classifier-training'
import { linearHead } from './heads'
import { simpleShotOptions } from './options'

/** UN, L2N and CL2N in the paper: unchanged, scaled to length 1, centred and scaled to length 1. */
export type Transform = 'none' | 'L2N' | 'CL2N'

export interface SimpleShotOptions {
  /** f_θ: trained as the lower part of a classifier, fixed from then on. */
  readonly backbone: Model
  /** The transform of features before comparison. Default `CL2N`, the paper's best. */
  readonly transform?: Transform
}

/** What training carries: the state of the net, and sums whose quotient is the mean of the features. */
type State = {
  readonly body: Params
  readonly features: { readonly sum: Tensor1D; readonly weight: Scalar }
}

/** How much of the sums is kept in each step: the mean is over the last few hundred batches. */
const KEPT = 0.995

/**
 * Classifier pre-training and the nearest centroid (eq. 1) of features that are
 *
 * - centred by the mean over the training set: z ← z − z̄ (section 2.2)
 * - of length 1: z ← z / ‖z‖
 *
 * z̄ is part of the learned state: a mean over training batches in which older ones, whose
 * features came from an older θ, decay by 0.995 per step. `predict` returns −‖z − c_k‖², `[n, ways]`.
 * @throws `baseline/bad-option`, `baseline/no-training-classes`, `baseline/wrong-way`,
 *   `core/no-classes`, `core/one-class`, `core/empty-support`
 * @example
 * const learner = simpleShot({ backbone: conv4() })
 */
export function simpleShot(options: SimpleShotOptions): MetaLearner<Batch> {
  checkOptions('baseline/bad-option', 'simpleShot', simpleShotOptions, options)
  const { backbone, transform = 'CL2N' } = options
  const training = classifierTraining(backbone, linearHead)

  const { traits, adapt, predict } = compareEpisodes({
    backbone,
    normalisation: { train: 'batch-joint', test: 'running' },
    embed(meta, x, norm) {
      const { body, features } = meta.state as State
      const weights = bodyOf({ params: meta.params, state: body })
      const { y: z } = backbone.apply(weights, x, { norm })
      return { y: transformed(z as Tensor2D, transform, features), state: meta.state }
    },
    remember: (_, features, oneHot) => nearestMean.remember(features, oneHot),
    score: (_, features, means) => nearestMean.score(features, means),
  })

  return {
    spec: {
      package: '@kshot/baseline',
      export: 'simpleShot',
      options: { backbone: backbone.spec, transform },
    },
    traits,
    trainsOn: 'batches',
    init(rng, taskSpec) {
      const { params, state } = training.init(rng, taskSpec)
      const width = (params as ClassifierParams).head.shape[0] - linearHead.rows(0)
      const features = { sum: zeros([width]) as Tensor1D, weight: scalar(0) }
      return { params, state: { body: state, features } }
    },
    loss(meta, batch, ctx) {
      const { body, features: before } = meta.state as State
      const result = training.loss({ params: meta.params, state: body }, batch, ctx)
      const { loss, metrics, state, features } = result
      const now = stopGradient(mean(features, 0) as Tensor1D)
      return { loss, metrics, state: { body: state, features: moved(before, now) } }
    },
    adapt,
    predict,
  }
}

/** Features as they are compared. */
function transformed(z: Tensor2D, transform: Transform, seen: State['features']): Tensor2D {
  if (transform === 'none') return z
  return unitRows(transform === 'CL2N' ? (sub(z, meanOf(seen)) as Tensor2D) : z)
}

function moved({ sum, weight }: State['features'], now: Tensor1D): State['features'] {
  return { sum: add(mul(sum, KEPT), now), weight: add(mul(weight, KEPT), 1) }
}

/** 0 before the first batch. */
function meanOf({ sum, weight }: State['features']): Tensor {
  return div(sum, maximum(weight, 1e-6))
}
