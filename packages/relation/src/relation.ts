// Sung, Yang, Zhang, Xiang, Torr & Hospedales 2018, Learning to Compare: Relation Network for Few-Shot Learning, arXiv:1711.06025.
import {
  accuracy,
  type Batch,
  KshotError,
  type Meta,
  type MetaLearner,
  marksOf,
  meanSquaredError,
  type NormMode,
  type Params,
  queryTraits,
  type ShapedModel,
  softmaxCrossEntropy,
  tree,
} from '@kshot/core'
import {
  cast,
  concat,
  div,
  matMul,
  maximum,
  mul,
  oneHot,
  relu,
  reshape,
  type Scalar,
  sigmoid,
  slice,
  sub,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor4D,
  transpose,
} from '@tensorflow/tfjs-core'
import { relationModule } from './relation-module'

/** Which of the normalisation modes a Relation Network can do. */
export type RelationNormalisation = 'running' | 'batch-joint' | 'batch-separate' | 'none'

export interface RelationOptions {
  /** f_φ: a model that returns feature maps `[n, h, w, c]`, at least 4 × 4. */
  readonly backbone: ShapedModel
  /** Of both convolutions of the relation module. Default 64. */
  readonly filters?: number
  /** Units of its first dense layer. Default 8. */
  readonly hidden?: number
  /** Added to the variance in its batch norms. Default 1e-5. */
  readonly eps?: number
  /** Of the newest batch in their running statistics. Default 0.1. */
  readonly momentum?: number
  /** The paper's mean squared error (default), or the cross-entropy of a softmax over the classes. */
  readonly loss?: 'mse' | 'cross-entropy'
  /** How the maps of a class's shots become one: the paper's sum (default), or the mean. */
  readonly shots?: 'sum' | 'mean'
  /** By default `batch-joint` in training, `running` at test. Sung's code: `batch-separate` in both. */
  readonly normalisation?: { train?: RelationNormalisation; test?: RelationNormalisation }
}

/**
 * Relation Networks: a learned module says how much a query has to do with a class.
 *
 * - r_ij = σ(g_φ(C(f_φ(x_i), f_φ(x_j)))) (eq. 1), where several shots of a class are summed
 * - loss: the mean over queries and classes of (r_ij − 1[y_i = y_j])² (eq. 2)
 *
 * `predict` returns logits `[n, ways]`: the log-odds of r, so the largest is the best relation; −10⁹
 * for a class without examples. Trained with any number of classes and shots, tested with any other.
 * @throws `relation/bad-option`; from `init`: `relation/no-maps`, `relation/map-too-small`; from `adapt`
 * and `loss`: `core/no-classes`, `core/one-class`, `core/empty-support`
 * @example
 * const learner = relation({ backbone: convMaps() })
 */
export function relation(options: RelationOptions): MetaLearner {
  const { backbone, loss = 'mse', shots = 'sum', normalisation } = options
  const { train = 'batch-joint', test = 'running' } = normalisation ?? {}
  const sizes = checkedSizes(options)
  const { eps = 1e-5, momentum = 0.1 } = options
  const comparison = relationModule({ ...sizes, eps, momentum })

  const embed = ({ params, state }: Meta, x: Tensor, mode: RelationNormalisation) => {
    const weights = { params: of(params).embedding, state: of(state).embedding }
    const { y, state: next } = backbone.apply(weights, x, { norm: normOf(mode) })
    return { maps: y as Tensor4D, state: next }
  }

  const compare = ({ params, state }: Meta, classes: Tensor4D, maps: Tensor4D, mode: NormMode) =>
    comparison.apply(
      { params: of(params).relation, state: of(state).relation },
      classes,
      maps,
      mode,
    )

  /** The maps of support and queries, in one batch or each in its own. */
  function embedBoth(meta: Meta, support: Tensor, x: Tensor, mode: RelationNormalisation) {
    if (mode === 'batch-separate') {
      const first = embed(meta, support, mode)
      const state = { ...of(meta.state), embedding: first.state }
      const second = embed({ params: meta.params, state }, x, mode)
      return { support: first.maps, queries: second.maps, state: second.state }
    }
    const n = support.shape[0]!
    const { maps, state } = embed(meta, concat([support, x]), mode)
    return { support: slice(maps, 0, n), queries: slice(maps, n, x.shape[0]!), state }
  }

  /** Log-odds `[n, ways]` and the state after this batch. */
  function answer(
    meta: Meta,
    { x: support, members }: Memory,
    x: Tensor,
    mode: RelationNormalisation,
  ) {
    const both = embedBoth(meta, support, x, mode)
    const classes = classMaps(both.support, members, shots)
    const { y, state } = compare(meta, classes, both.queries, normOf(mode))
    return { y, state: { embedding: both.state, relation: state } }
  }

  return {
    spec: {
      package: '@kshot/relation',
      export: 'relation',
      options: {
        backbone: backbone.spec,
        ...sizes,
        eps,
        momentum,
        loss,
        shots,
        normalisation: { train, test },
      },
    },
    traits: {
      anyWay: true,
      classEquivariant: true,
      supportOrderInvariant: true,
      unevenShots: true,
      // Whatever the backbone, the relation module normalises.
      ...queryTraits({ normalises: true }, test),
      innerSteps: 0,
      net: backbone.spec,
    },
    init(rng, { inputShape }) {
      const embedded = backbone.init(rng.split('embedding'), inputShape)
      const related = comparison.init(rng.split('relation'), backbone.outputShape(inputShape))
      return {
        params: { embedding: embedded.params, relation: related.params },
        state: { embedding: embedded.state, relation: related.state },
      }
    },
    loss(meta, { support, query }) {
      const { y, state } = answer(meta, remember(support), query.x, train)
      const value =
        loss === 'mse' ? relationLoss(y, query.y as Tensor1D) : softmaxCrossEntropy(y, query.y)
      return { loss: value, state, metrics: { accuracy: accuracy(y, query.y) } }
    },
    adapt: (meta, support) =>
      tree.tidy((): Params => {
        const { x, members } = remember(support)
        if (test === 'batch-joint') return { x: x.clone(), members }
        return { classes: classMaps(embed(meta, x, test).maps, members, shots), members }
      }),
    predict: (meta, adapted, x) =>
      tree.tidy(() => {
        const { members } = adapted as Memory
        if (test === 'batch-joint') {
          return withoutAbsent(answer(meta, adapted as Memory, x, test).y, members)
        }
        const { classes } = adapted as { classes: Tensor4D }
        const { y } = compare(meta, classes, embed(meta, x, test).maps, normOf(test))
        return withoutAbsent(y, members)
      }),
  }
}

/** Parameters, and state, are those of the two modules. */
const of = (tree: Params) => tree as { readonly embedding: Params; readonly relation: Params }

/** The support set, kept where the queries change how it is embedded. */
type Memory = { readonly x: Tensor; readonly members: Tensor2D }

/** Which example is of which class: `members` holds 1 or 0, `[ways, m]`. */
function remember(support: Batch): Memory {
  return { x: support.x, members: transpose(marksOf(support)) as Tensor2D }
}

function normOf(mode: RelationNormalisation): NormMode {
  return mode === 'running' || mode === 'none' ? mode : 'batch'
}

/** The maps of each class, `[ways, h, w, c]`: the sum or the mean over its examples. */
function classMaps(maps: Tensor4D, members: Tensor2D, shots: 'sum' | 'mean'): Tensor4D {
  const [m, h, w, c] = maps.shape
  const weights = shots === 'sum' ? members : div(members, maximum(sum(members, 1, true), 1))
  return reshape(matMul(weights as Tensor2D, reshape(maps, [m, h * w * c])), [-1, h, w, c])
}

/** (r − 1[y_i = y_j])², averaged over queries and classes (eq. 2). */
function relationLoss(logOdds: Tensor2D, labels: Tensor1D): Scalar {
  return meanSquaredError(sigmoid(logOdds), cast(oneHot(labels, logOdds.shape[1]), 'float32'))
}

/** A class without examples is never the answer. */
function withoutAbsent(logOdds: Tensor2D, members: Tensor2D): Tensor {
  return sub(logOdds, mul(transpose(relu(sub(1, sum(members, 1, true)))), 1e9))
}

function checkedSizes({ filters = 64, hidden = 8 }: RelationOptions) {
  for (const [name, value] of Object.entries({ filters, hidden })) {
    if (Number.isInteger(value) && value > 0) continue
    throw new KshotError('relation/bad-option', {
      got: `${name}: ${value}`,
      expected: 'an integer of at least 1',
      remedy: 'Leave it out for the default',
    })
  }
  return { filters, hidden }
}
