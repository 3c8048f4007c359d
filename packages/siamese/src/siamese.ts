// Koch, Zemel & Salakhutdinov 2015, Siamese Neural Networks for One-shot Image Recognition, ICML Deep Learning Workshop.
import {
  binaryCrossEntropy,
  compareEpisodes,
  fromParts,
  KshotError,
  type Meta,
  type MetaLearner,
  type NormalisationOptions,
  type NormMode,
  normalisationOf,
  normModeOf,
  outputShapeOf,
  type PairBatch,
  type Params,
  partOf,
  type ShapedModel,
  stopGradient,
  type TaskLoss,
  tree,
} from '@kshot/core'
import { checkOptions } from '@kshot/core/options'
import {
  abs,
  add,
  cast,
  concat,
  equal,
  mean,
  mul,
  reshape,
  type Scalar,
  slice,
  square,
  step,
  sub,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
} from '@tensorflow/tfjs-core'
import { distances, perClass, type Shots } from './distances'
import { type HeadInit, head, initialHead } from './head'
import { siameseOptions } from './options'

export interface SiameseOptions {
  /** h: the twins, any model that returns one row per example. */
  readonly backbone: ShapedModel
  /** How to combine several shots per class: the best match (default), or the mean log-odds. */
  readonly shots?: Shots
  /**
   * How α is initialised. `distance` (default): every α_j = −1/√d, so that training starts from the L1
   * distance; Koch initialises it like all dense layers: `{ normal: 0.2 }`.
   */
  readonly headInit?: HeadInit
  /** λ: multiplies the squares of all weights but biases and batch norm's. Default 0; Koch: up to 0.1. */
  readonly regularisation?: number
  /**
   * By default `batch-joint` in training (both sides of all pairs are one batch) and `running` at test.
   * `none` in both is the paper's version, without batch norm, also in the head.
   */
  readonly normalisation?: NormalisationOptions
}

/**
 * Siamese networks: learn whether two examples belong to one class, then take the class of the best match.
 *
 * - p(x1, x2) = σ(Σ_j α_j |h_j(x1) − h_j(x2)| + b) (section 3.1), with the sum normalised over the
 *   pairs in training, see `head`
 * - loss over a batch of pairs: −Σ t log p + (1 − t) log (1 − p), averaged, + λ ‖w‖² (section 3.2)
 * - C* = argmax_c p(x, x_c) (section 4.3); `predict` returns log-odds `[n, ways]`: of a class with
 *   several shots the best or the mean, of a class without examples −10⁹
 *
 * Trains on pairs (`trainsOn: 'pairs'`), and tests with any number of classes and shots.
 * @throws `siamese/bad-option`; from `init`: `siamese/no-rows`, `core/no-output-shape`; on a support set, what `classesOf` of
 * `@kshot/core` throws
 * @example
 * const learner = siamese({ backbone: conv4() })
 */
export function siamese(options: SiameseOptions): MetaLearner<PairBatch> {
  checkOptions('siamese/bad-option', 'siamese', siameseOptions, options)
  const { backbone, shots = 'max', headInit = 'distance', regularisation: lambda = 0 } = options
  const normalisation = normalisationOf(options.normalisation)
  const { train, test } = normalisation

  const { traits, adapt, predict } = compareEpisodes({
    backbone,
    normalisation,
    embed: (meta, x, norm) => embed(backbone, meta, x, norm),
    remember: (_, embeddings, oneHot) => ({ embeddings, oneHot }),
    score(meta, queries, { embeddings, oneHot }) {
      // Pairs with a support set are no balanced batch: their statistics would say something else.
      const norm = test === 'none' ? test : 'running'
      const { logOdds } = logOddsOf(meta, distances(queries, embeddings), norm)
      return perClass(reshape(logOdds, [-1, embeddings.shape[0]]), oneHot, shots)
    },
  })

  return {
    spec: {
      package: '@kshot/siamese',
      export: 'siamese',
      options: {
        backbone: backbone.spec,
        shots,
        headInit,
        regularisation: lambda,
        normalisation,
      },
    },
    traits,
    trainsOn: 'pairs',
    init(rng, { inputShape }) {
      const features = checkedRows(outputShapeOf(backbone, inputShape))
      return fromParts({
        backbone: backbone.init(rng.split('backbone'), inputShape),
        head: initialHead(rng.split('head'), features, headInit),
      })
    },
    loss(meta, pairs) {
      const result = pairLoss(backbone, meta, pairs, normModeOf(train))
      if (lambda === 0) return result
      return { ...result, loss: add(result.loss, penalty(meta.params, lambda)) }
    },
    adapt,
    predict,
  }
}

/** The embeddings of the twins' net. */
function embed(backbone: ShapedModel, meta: Meta, x: Tensor, norm: NormMode) {
  const { y, state } = backbone.apply(partOf(meta, 'backbone'), x, { norm })
  return { y, state: { ...(meta.state as object), backbone: state } }
}

/** Log-odds `[n]` of pairs with these distances. */
function logOddsOf(meta: Meta, distance: Tensor2D, norm: NormMode) {
  const { y, state } = head.apply(partOf(meta, 'head'), distance, { norm })
  return { logOdds: reshape(y, [distance.shape[0]]), state }
}

/** −Σ t log p + (1 − t) log (1 − p), averaged over a batch of pairs. */
function pairLoss(
  backbone: ShapedModel,
  meta: Meta,
  { left, right, same }: PairBatch,
  norm: NormMode,
): TaskLoss {
  const n = left.shape[0]!
  const { y: h, state } = embed(backbone, meta, concat([left, right]), norm)
  const distance = abs(sub(slice(h, 0, n), slice(h, n, n))) as Tensor2D
  const { logOdds, state: headState } = logOddsOf(meta, distance, norm)
  return {
    loss: binaryCrossEntropy(logOdds, cast(same, 'float32')),
    state: { ...state, head: headState },
    metrics: { accuracy: verified(logOdds, same) },
  }
}

/** λ ‖w‖² over filters and matrices; biases and the parameters of batch norm are left out. */
function penalty(params: Params, lambda: number): Scalar {
  const squares = tree.leaves(params).flatMap((w) => (w.rank > 1 ? [sum(square(w))] : []))
  return mul(squares.reduce(add<Scalar>), lambda)
}

/** The share of pairs that are judged right. Has no gradient. */
function verified(logOdds: Tensor, same: Tensor1D): Scalar {
  const right = equal(cast(step(logOdds), 'int32'), same)
  return stopGradient(mean(cast(right, 'float32')) as Scalar)
}

function checkedRows(shape: readonly number[]): number {
  if (shape.length === 1) return shape[0]!
  throw new KshotError('siamese/no-rows', {
    got: `a backbone whose embeddings have the shape [${shape.join(', ')}]`,
    expected: 'one row per example',
    remedy: 'Flatten them, or use conv4() or kochNet()',
  })
}
