import {
  accuracy,
  type Batch,
  type Context,
  type Meta,
  meanSquaredError,
  type Normalisation,
  type NormalisationOptions,
  normalisationOf,
  normModeOf,
  outputShapeOf,
  type Params,
  queryTraits,
  type Rng,
  type ShapedModel,
  type Spec,
  softmaxCrossEntropy,
  type TaskSpec,
  type Traits,
  tree,
  withoutAbsent,
} from '@kshot/core'
import type { Initializer } from '@kshot/core/nn'
import {
  add,
  concat,
  matMul,
  mean,
  type Scalar,
  slice,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
} from '@tensorflow/tfjs-core'
import {
  checkHead,
  checkSupport,
  checkWays,
  type Head,
  type HeadWeights,
  initialHead,
  tiled,
} from './head'

/** As Finn's code. */
const FINN = { train: 'batch-separate', test: 'batch-separate' } as const

/** Options shared by every learner in this package: a model with a head for the classes. */
export interface NetworkOptions {
  /** The net below the head; for a regression (`head: 'none'`) the whole net. */
  readonly model: ShapedModel
  /**
   * - `fixed`: one output unit per label, as in the papers; only for `ways` classes
   * - `shared`: one learned vector, copied to each class (Ye & Chao 2021): for any number of classes
   * - `none`: the model's output is the prediction (regression)
   */
  readonly head?: Head
  /** Number of classes, for `head: 'fixed'`. */
  readonly ways?: number
  /** Default `torch`; Finn's code samples N(0, 1): `{ normal: 1 }`. */
  readonly headInit?: Initializer
  /** Default `batch-separate`, as in Finn's code: transductive, if the net has batch norm. */
  readonly normalisation?: NormalisationOptions
}

/** The parameters of a network: those of the model, and of the head, if any. */
export type Weights = { readonly body: Params; readonly head?: HeadWeights }

/** What the inner loop has made of a support set. */
export type AdaptedWeights = {
  readonly params: Weights
  readonly state: Params
  /** The support set, where each query is normalised together with it. */
  readonly support?: Tensor
  /** Which classes have examples, where it is for classes: 1 or 0, `[ways]`. */
  readonly present?: Tensor1D
}

/** Where in training, and in the inner loop, a network is applied. */
export interface At {
  readonly phase: Context['phase']
  /** Inner steps done so far. */
  readonly innerStep: number
}

export interface Network {
  readonly options: Spec['options']
  readonly traits: Omit<Traits, 'innerSteps'>
  init(rng: Rng, task: TaskSpec): Meta
  /** The weights for one task: a shared head becomes one column per class, equal at first. */
  forTask(weights: Weights, support: Batch): Weights
  /**
   * Weights of one task, or a direction in them, as those that all tasks share: the columns of a
   * shared head become one again, their sum (of a gradient) or their mean (of weights).
   */
  fromTask(weights: Weights, combine: 'sum' | 'mean'): Weights
  /** The loss of a batch that is normalised by itself: cross-entropy, or the mean squared error. */
  loss(weights: Weights, state: Params, batch: Batch, at: At): { loss: Scalar; state: Params }
  /** Logits `[n, ways]`, or the output of a regression, for the queries of an adapted network. */
  predict(adapted: AdaptedWeights, x: Tensor, at: At): Tensor
  /** The support set, where queries are normalised together with it. */
  supportForQueries(support: Batch, phase: Context['phase']): Pick<AdaptedWeights, 'support'>
  /** The loss of the queries, and what comes with it. */
  queryLoss(
    adapted: AdaptedWeights,
    query: Batch,
    at: At,
  ): { loss: Scalar; state: Params; metrics: { [name: string]: Scalar } }
}

/**
 * @throws `maml/bad-option`; `maml/wrong-way` if a fixed head meets another
 * number of classes; on a support set, what `classesOf` of `@kshot/core` throws
 */
export function network(options: NetworkOptions): Network {
  const { model, head = 'shared', ways, headInit = 'torch' } = options
  const normalisation = normalisationOf(options.normalisation, FINN)
  checkHead(head, ways)
  const { forward, outputs, supportForQueries } = passes(model, normalisation)
  const own = { model: model.spec, head, headInit, normalisation }
  return {
    options: ways === undefined ? own : { ...own, ways },
    traits: traitsOf(model, head, ways, normalisation.test),
    init: (rng, task) => initialMeta({ model, head, ways, headInit }, rng, task),
    forTask(weights, support) {
      checkSupport(head, ways, support)
      if (head !== 'shared') return weights
      return { ...weights, head: tree.map((column) => tiled(column, support.ways!), weights.head!) }
    },
    fromTask(weights, combine) {
      if (head !== 'shared') return weights
      const one = combine === 'sum' ? sum : mean
      return { ...weights, head: tree.map((columns) => one(columns, -1, true), weights.head!) }
    },
    loss(weights, state, batch, at) {
      const { y, state: next } = forward(weights, state, batch.x, at)
      return { loss: batchLoss(y, batch), state: next }
    },
    predict(adapted, x, at) {
      const { y } = outputs(adapted, x, at)
      return adapted.present ? withoutAbsent(y as Tensor2D, adapted.present) : y
    },
    supportForQueries,
    queryLoss(adapted, query, at) {
      const { y, state } = outputs(adapted, query.x, at)
      const metrics = query.ways === undefined ? {} : { accuracy: accuracy(y, query.y) }
      return { loss: batchLoss(y, query), state, metrics }
    },
  }
}

/** How examples pass through the network: a batch by itself, or each query with the support set. */
function passes(model: ShapedModel, normalisation: Required<NormalisationOptions>) {
  const modeOf = (phase: Context['phase']) => normalisation[phase === 'train' ? 'train' : 'test']

  function forward({ body, head }: Weights, state: Params, x: Tensor, { phase, innerStep }: At) {
    const options = { norm: normModeOf(modeOf(phase)), innerStep }
    const { y, state: next } = model.apply({ params: body, state }, x, options)
    return { y: head ? add(matMul(y as Tensor2D, head.weight), head.bias) : y, state: next }
  }

  function outputs({ params, state, support }: AdaptedWeights, x: Tensor, at: At) {
    if (!support) return forward(params, state, x, at)
    const results = Array.from({ length: x.shape[0]! }, (_, i) =>
      forward(params, state, concat([support, slice(x, i, 1)]), at),
    )
    const n = support.shape[0]!
    return { y: concat(results.map(({ y }) => slice(y, n, 1))), state: results.at(-1)!.state }
  }

  const supportForQueries: Network['supportForQueries'] = ({ x }, phase) =>
    modeOf(phase) === 'support+one' ? { support: x } : {}

  return { forward, outputs, supportForQueries }
}

function traitsOf(
  model: ShapedModel,
  head: Head,
  ways: number | undefined,
  normalisation: Normalisation,
): Network['traits'] {
  return {
    anyWay: head === 'shared',
    classEquivariant: head === 'shared',
    supportOrderInvariant: true,
    unevenShots: true,
    ...queryTraits(model, normalisation),
    ...(head === 'fixed' && { fixedWays: ways! }),
    net: model.spec,
    normalisation,
  }
}

function initialMeta(
  {
    model,
    head,
    ways,
    headInit,
  }: Required<Pick<NetworkOptions, 'model' | 'head' | 'headInit'>> & {
    readonly ways: number | undefined
  },
  rng: Rng,
  { inputShape, ways: taskWays, outputShape }: TaskSpec,
): Meta {
  // Episodes of different numbers of classes have no `ways`.
  if (head !== 'shared' || outputShape) checkWays(head, ways, taskWays)
  const { params, state } = model.init(rng.split('body'), inputShape)
  if (head === 'none') return { params: { body: params }, state }
  const [features] = outputShapeOf(model, inputShape)
  const columns = head === 'fixed' ? ways! : 1
  const headWeights = initialHead(rng.split('head'), features!, columns, headInit)
  return { params: { body: params, head: headWeights }, state }
}

/** Cross-entropy where there are classes, else the mean squared error. */
function batchLoss(output: Tensor, { y, ways }: Batch): Scalar {
  return ways === undefined ? meanSquaredError(output, y) : softmaxCrossEntropy(output, y)
}
