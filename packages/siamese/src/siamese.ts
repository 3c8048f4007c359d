// Koch, Zemel & Salakhutdinov 2015, Siamese Neural Networks for One-shot Image Recognition, ICML Deep Learning Workshop.
import {
  type Batch,
  binaryCrossEntropy,
  KshotError,
  type Meta,
  type MetaLearner,
  marksOf,
  type NormMode,
  type PairBatch,
  type Params,
  queryTraits,
  type ShapedModel,
  stopGradient,
  tree,
} from '@kshot/core'
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
  transpose,
} from '@tensorflow/tfjs-core'
import { drawHead, type HeadInit, head } from './head'
import { distances, perClass, type Shots } from './match'

/** Which of the normalisation modes a Siamese network can do at test. */
export type SiameseNormalisation = 'running' | 'batch-joint' | 'support+one' | 'none'

export interface SiameseOptions {
  /** h: the twins, any model that returns one row an example. */
  readonly backbone: ShapedModel
  /** With several shots a class: its best match (default), or the mean log-odds. */
  readonly shots?: Shots
  /**
   * How α is drawn. `distance` (default): every α_j = −1/√d, so that training starts from the L1
   * distance; Koch draws it as all dense layers: `{ normal: 0.2 }`.
   */
  readonly headInit?: HeadInit
  /** λ: multiplies the squares of all weights but biases and batch norm's. Default 0; Koch: up to 0.1. */
  readonly regularisation?: number
  /**
   * By default `batch-joint` in training (both sides of all pairs are one batch) and `running` at test.
   * `none` in both is the paper: batch norm is left out, that of the head too.
   */
  readonly normalisation?: {
    readonly train?: Exclude<SiameseNormalisation, 'support+one'>
    readonly test?: SiameseNormalisation
  }
}

/**
 * Siamese networks: learn whether two examples show one class, then take the class of the best match.
 *
 * - p(x1, x2) = σ(Σ_j α_j |h_j(x1) − h_j(x2)| + b) (section 3.1), with the sum normalised over the
 *   pairs in training, see `head`
 * - loss over a batch of pairs: −Σ t log p + (1 − t) log (1 − p), averaged, + λ ‖w‖² (section 3.2)
 * - C* = argmax_c p(x, x_c) (section 4.3); `predict` returns log-odds `[n, ways]`: of a class with
 *   several shots the best or the mean, of a class without examples −10⁹
 *
 * Trained on pairs (`trainsOn: 'pairs'`), tested with any number of classes and shots.
 * @throws `siamese/bad-option`; from `init`: `siamese/no-rows`; from `adapt`: `core/no-classes`, `core/one-class`, `core/empty-support`
 * @example
 * const learner = siamese({ backbone: conv4() })
 */
export function siamese(options: SiameseOptions): MetaLearner<PairBatch> {
  const { backbone, shots = 'max', headInit = 'distance', normalisation } = options
  const lambda = checkedStrength(options.regularisation ?? 0)
  const { train = 'batch-joint', test = 'running' } = normalisation ?? {}

  function embed({ params, state }: Meta, x: Tensor, mode: SiameseNormalisation) {
    const weights = { params: of(params).backbone, state: of(state).backbone }
    const { y, state: next } = backbone.apply(weights, x, { norm: normOf(mode) })
    return { h: y as Tensor2D, state: next }
  }

  /** Log-odds `[n]` of pairs with these distances. */
  function judge({ params, state }: Meta, distance: Tensor2D, norm: NormMode) {
    const weights = { params: of(params).head, state: of(state).head }
    const { y, state: next } = head.apply(weights, distance, { norm })
    return { logOdds: reshape(y, [distance.shape[0]]), state: next }
  }

  function compare(meta: Meta, members: Tensor2D, support: Tensor2D, queries: Tensor2D): Tensor {
    // Pairs with a support set are no balanced batch: their statistics would say something else.
    const norm = test === 'none' ? test : 'running'
    const { logOdds } = judge(meta, distances(queries, support), norm)
    return perClass(reshape(logOdds, [-1, support.shape[0]!]), members, shots)
  }

  /** One forward pass for support and queries, which are normalised together. */
  function jointly(meta: Meta, { x: support, members }: Memory, x: Tensor): Tensor {
    const n = support.shape[0]!
    const { h } = embed(meta, concat([support, x]), 'batch-joint')
    return compare(meta, members, slice(h, 0, n), slice(h, n, x.shape[0]!))
  }

  function oneByOne(meta: Meta, memory: Memory, x: Tensor): Tensor {
    const queries = Array.from({ length: x.shape[0]! }, (_, i) => slice(x, i, 1))
    return concat(queries.map((query) => jointly(meta, memory, query)))
  }

  return {
    spec: {
      package: '@kshot/siamese',
      export: 'siamese',
      options: {
        backbone: backbone.spec,
        shots,
        headInit,
        regularisation: lambda,
        normalisation: { train, test },
      },
    },
    traits: {
      anyWay: true,
      classEquivariant: true,
      supportOrderInvariant: true,
      unevenShots: true,
      ...queryTraits(backbone, test),
      innerSteps: 0,
      net: backbone.spec,
    },
    trainsOn: 'pairs',
    init(rng, { inputShape }) {
      const embedded = backbone.init(rng.split('backbone'), inputShape)
      const features = checkedRows(backbone.outputShape(inputShape))
      const judged = drawHead(rng.split('head'), features, headInit)
      return {
        params: { backbone: embedded.params, head: judged.params },
        state: { backbone: embedded.state, head: judged.state },
      }
    },
    loss(meta, { left, right, same }) {
      const n = left.shape[0]!
      const { h, state: backbone } = embed(meta, concat([left, right]), train)
      const distance = abs(sub(slice(h, 0, n), slice(h, n, n))) as Tensor2D
      const { logOdds, state: head } = judge(meta, distance, normOf(train))
      const loss = binaryCrossEntropy(logOdds, cast(same, 'float32'))
      return {
        loss: lambda > 0 ? add(loss, penalty(meta.params, lambda)) : loss,
        state: { backbone, head },
        metrics: { accuracy: verified(logOdds, same) },
      }
    },
    adapt: (meta, support) =>
      tree.tidy((): Params => {
        const { x, members } = remember(support)
        if (test === 'batch-joint' || test === 'support+one') return { x: x.clone(), members }
        return { h: embed(meta, x, test).h, members }
      }),
    predict: (meta, adapted, x) =>
      tree.tidy(() => {
        if (test === 'batch-joint') return jointly(meta, adapted as Memory, x)
        if (test === 'support+one') return oneByOne(meta, adapted as Memory, x)
        const { h, members } = adapted as { h: Tensor2D; members: Tensor2D }
        return compare(meta, members, h, embed(meta, x, test).h)
      }),
  }
}

/** Parameters, and state, are those of the twins and of the head. */
const of = (tree: Params) => tree as { readonly backbone: Params; readonly head: Params }

function normOf(mode: SiameseNormalisation): NormMode {
  return mode === 'running' || mode === 'none' ? mode : 'batch'
}

/** The support set, kept where the queries change how it is embedded. */
type Memory = { readonly x: Tensor; readonly members: Tensor2D }

function remember(support: Batch): Memory {
  return { x: support.x, members: transpose(marksOf(support)) as Tensor2D }
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
    expected: 'one row an example',
    remedy: 'Flatten them, or take conv4() or kochNet()',
  })
}

function checkedStrength(lambda: number): number {
  if (lambda >= 0 && Number.isFinite(lambda)) return lambda
  throw new KshotError('siamese/bad-option', {
    got: `regularisation ${lambda}`,
    expected: 'a number of at least 0',
    remedy: 'Leave it out for none',
  })
}
