import {
  accuracy,
  type Batch,
  type Context,
  KshotError,
  type Meta,
  meanSquaredError,
  type NormMode,
  type Params,
  queryTraits,
  type Rng,
  type ShapedModel,
  type Spec,
  softmaxCrossEntropy,
  type TaskSpec,
  type Traits,
  tree,
} from '@kshot/core'
import { drawWeight, type Initializer } from '@kshot/core/nn'
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
  tile,
} from '@tensorflow/tfjs-core'

/** How the classes of a task hang on the features; see {@link NetworkOptions.head}. */
export type Head = 'fixed' | 'shared' | 'none'

/** Which examples are normalised together; see `Normalisation` of `@kshot/core`. */
export type MamlNormalisation = 'batch-separate' | 'support+one' | 'running' | 'none'

/** What every learner of this package is built on: a model with a head for the classes. */
export interface NetworkOptions {
  /** The net below the head; for a regression (`head: 'none'`) the whole net. */
  readonly model: ShapedModel
  /**
   * - `fixed`: one output unit a label, as in the papers; only for `ways` classes
   * - `shared`: one learned vector, copied to each class (Ye & Chao 2021): for any number of classes
   * - `none`: the model's output is the prediction (regression)
   */
  readonly head?: Head
  /** Number of classes, for `head: 'fixed'`. */
  readonly ways?: number
  /** Default `torch`; Finn's code draws from N(0, 1): `{ normal: 1 }`. */
  readonly headInit?: Initializer
  /** Default `batch-separate`, as Finn's code: transductive, where the net has batch norm. */
  readonly normalisation?: { readonly train?: MamlNormalisation; readonly test?: MamlNormalisation }
}

export type HeadWeights = { readonly weight: Tensor2D; readonly bias: Tensor1D }

/** The parameters of a network: those of the model, and those of the head where there is one. */
export type Weights = { readonly body: Params; readonly head?: HeadWeights }

/** What the inner loop has made of a support set. */
export type AdaptedWeights = {
  readonly params: Weights
  readonly state: Params
  /** The support set, where each query is normalised together with it. */
  readonly support?: Tensor
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
  /** The weights for one task: a shared head becomes one column a class, equal at first. */
  forTask(weights: Weights, support: Batch): Weights
  /**
   * Weights of one task, or a direction in them, as those that all tasks share: the columns of a
   * shared head become one again, their sum (of a gradient) or their mean (of weights).
   */
  fromTask(weights: Weights, combine: 'sum' | 'mean'): Weights
  /** The loss of a batch that is normalised by itself: cross-entropy, or the mean squared error. */
  loss(weights: Weights, state: Params, batch: Batch, at: At): { loss: Scalar; state: Params }
  /** Logits `[n, ways]`, or the output of a regression, for the queries of an adapted network. */
  answer(adapted: AdaptedWeights, x: Tensor, at: At): { y: Tensor; state: Params }
  /** What `answer` needs to know of the support set. */
  kept(support: Batch, phase: Context['phase']): { support?: Tensor }
  /** The loss of the queries, and what comes with it. */
  judge(
    adapted: AdaptedWeights,
    query: Batch,
    at: At,
  ): { loss: Scalar; state: Params; metrics: { [name: string]: Scalar } }
}

/** @throws `maml/bad-option`; `maml/wrong-way` where a fixed head meets another number of classes */
export function network(options: NetworkOptions): Network {
  const { model, head = 'shared', ways, headInit = 'torch', normalisation } = options
  const { train = 'batch-separate', test = 'batch-separate' } = normalisation ?? {}
  checkHead(head, ways)
  const modeOf = (phase: Context['phase']) => (phase === 'train' ? train : test)

  function forward({ body, head }: Weights, state: Params, x: Tensor, { phase, innerStep }: At) {
    const options = { norm: normMode(modeOf(phase)), innerStep }
    const { y, state: next } = model.apply({ params: body, state }, x, options)
    return { y: head ? add(matMul(y as Tensor2D, head.weight), head.bias) : y, state: next }
  }

  function answer({ params, state, support }: AdaptedWeights, x: Tensor, at: At) {
    if (!support) return forward(params, state, x, at)
    const results = Array.from({ length: x.shape[0]! }, (_, i) =>
      forward(params, state, concat([support, slice(x, i, 1)]), at),
    )
    const n = support.shape[0]!
    return { y: concat(results.map(({ y }) => slice(y, n, 1))), state: results.at(-1)!.state }
  }

  return {
    options: {
      model: model.spec,
      head,
      headInit,
      normalisation: { train, test },
      ...(ways !== undefined && { ways }),
    },
    traits: {
      anyWay: head === 'shared',
      classEquivariant: head === 'shared',
      supportOrderInvariant: true,
      unevenShots: true,
      ...queryTraits(model, test),
      ...(head === 'fixed' && { fixedWays: ways! }),
      net: model.spec,
    },
    init(rng, { inputShape, ways: taskWays }) {
      checkWays(head, ways, taskWays)
      const { params, state } = model.init(rng.split('body'), inputShape)
      if (head === 'none') return { params: { body: params }, state }
      const [features] = model.outputShape(inputShape)
      const columns = head === 'fixed' ? ways! : 1
      const drawn = drawHead(rng.split('head'), features!, columns, headInit)
      return { params: { body: params, head: drawn }, state }
    },
    forTask(weights, support) {
      checkWays(head, ways, support.ways)
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
    answer,
    kept: ({ x }, phase) => (modeOf(phase) === 'support+one' ? { support: x } : {}),
    judge(adapted, query, at) {
      const { y, state } = answer(adapted, query.x, at)
      const metrics = query.ways === undefined ? {} : { accuracy: accuracy(y, query.y) }
      return { loss: batchLoss(y, query), state, metrics }
    },
  }
}

/** Cross-entropy where there are classes, else the mean squared error. */
function batchLoss(output: Tensor, { y, ways }: Batch): Scalar {
  return ways === undefined ? meanSquaredError(output, y) : softmaxCrossEntropy(output, y)
}

function normMode(mode: MamlNormalisation): NormMode {
  return mode === 'running' || mode === 'none' ? mode : 'batch'
}

/** `[features, 1]` to `[features, ways]`, `[1]` to `[ways]`. */
function tiled(column: Tensor, ways: number): Tensor {
  return tile(column, column.rank === 1 ? [ways] : [1, ways])
}

/** A head for `features` inputs: `[features, columns]`, and a bias of zeros. */
function drawHead(rng: Rng, features: number, columns: number, how: Initializer): HeadWeights {
  const fan = { in: features, out: columns }
  return {
    weight: drawWeight(rng.split('weight'), [features, columns], fan, how) as Tensor2D,
    bias: drawWeight(rng.split('bias'), [columns], fan, 'zeros') as Tensor1D,
  }
}

function checkHead(head: Head, ways: number | undefined): void {
  const whole = ways !== undefined && Number.isInteger(ways) && ways > 0
  if (head === 'fixed' ? whole : ways === undefined || whole) return
  throw new KshotError('maml/bad-option', {
    got: `head '${head}' with ways ${ways}`,
    expected: 'a whole number of classes, one for each unit of the head',
    remedy: "Pass ways beside head: 'fixed'; 'shared' and 'none' need none",
  })
}

function checkWays(head: Head, fixed: number | undefined, ways: number | undefined): void {
  if (head === 'none' || (head === 'shared' && ways !== undefined)) return
  if (head === 'fixed' && ways === fixed) return
  throw new KshotError('maml/wrong-way', {
    got: ways === undefined ? 'a task without classes' : `a task of ${ways} classes`,
    expected: head === 'fixed' ? `${fixed} classes, one for each unit of the head` : 'classes',
    remedy: "Use head: 'shared' for any number of classes, 'none' for a regression",
  })
}
