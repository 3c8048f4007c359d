// Vinyals, Blundell, Lillicrap, Kavukcuoglu & Wierstra 2016, Matching Networks for One Shot Learning, arXiv:1606.04080.
import {
  accuracy,
  type Batch,
  logSoftmax,
  type Meta,
  type MetaLearner,
  type Model,
  marksOf,
  type NormMode,
  type Params,
  queryTraits,
  softmaxCrossEntropy,
  tree,
  type Weights,
} from '@kshot/core'
import type { LstmWeights } from '@kshot/core/nn'
import {
  concat,
  exp,
  mul,
  scalar,
  slice,
  type Tensor,
  type Tensor2D,
  tidy,
  zeros,
} from '@tensorflow/tfjs-core'
import { classScores, similarity } from './attention'
import { type MatchingNormalisation, type MatchingOptions, resolved } from './options'
import { inQueryContext, queryContext } from './query-context'
import { inSupportContext, type SupportContext, supportContext } from './support-context'

/** f′ = g′ (the paper uses one net for both), the LSTMs above it, and −log τ. */
type Learned = {
  readonly backbone: Params
  readonly context?: { readonly support: SupportContext; readonly query: LstmWeights }
  readonly sharpness?: Tensor
}

/** The support set, kept where the queries change how it is embedded. */
type Examples = { readonly x: Tensor; readonly members: Tensor2D }

/** The support set, embedded once and for all. */
type Embedded = { readonly embeddings: Tensor2D; readonly members: Tensor2D }

/**
 * Matching Networks: a query takes the labels of the support examples that it resembles.
 *
 * - a(x̂, x_i) = softmax_i(c(f(x̂), g(x_i)) / τ) over the support set (section 2.1.1)
 * - P(y = k | x̂) = Σ a(x̂, x_i) over the examples of class k (eq. 1); `predict` returns its log, `[n, ways]`
 * - loss: −log P(y | x̂), averaged over the queries (eq. 2)
 *
 * With `fullContext`, f and g see the whole support set (appendix A), and its order matters.
 * Trained with any number of classes and shots, tested with any other.
 * @throws `matching/bad-option`; on a support set, what `classesOf` of `@kshot/core` throws
 * @example
 * const learner = matching({ backbone: conv4() })
 */
export function matching(options: MatchingOptions): MetaLearner {
  const settings = resolved(options)
  const { backbone, distance, temperature, learnsTemperature, fullContext } = settings
  const { train, test } = settings.normalisation
  const learned = ({ params }: Meta) => params as Learned
  const steps = Number(fullContext)

  function embed(meta: Meta, x: Tensor, norm: NormMode) {
    const weights = { params: learned(meta).backbone, state: meta.state }
    const { y, state } = backbone.apply(weights, x, { norm })
    return { y: y as Tensor2D, state }
  }

  /** log P but for a constant of each query. `queries`: f′, `support`: g. */
  function judge(meta: Meta, queries: Tensor2D, support: Tensor2D, members: Tensor2D): Tensor2D {
    const { context, sharpness } = learned(meta)
    const f = context ? inQueryContext(context.query, queries, support, steps) : queries
    const near = similarity(f, support, distance)
    const scores = mul(near, sharpness ? exp(sharpness) : 1 / temperature)
    return classScores(scores as Tensor2D, members)
  }

  /** g from g′. */
  function inContext(meta: Meta, embeddings: Tensor2D): Tensor2D {
    const { context } = learned(meta)
    return context ? inSupportContext(context.support, embeddings) : embeddings
  }

  /** One forward pass for support and queries; with `batch` they are normalised together. */
  function jointly(meta: Meta, { x: support, members }: Examples, x: Tensor, norm: NormMode) {
    const n = support.shape[0]!
    const { y, state } = embed(meta, concat([support, x]), norm)
    const g = inContext(meta, slice(y, [0, 0], [n, -1]))
    return { scores: judge(meta, slice(y, [n, 0], [-1, -1]), g, members), state }
  }

  function apart(meta: Meta, { x: support, members }: Examples, x: Tensor) {
    const first = embed(meta, support, 'batch')
    const { y, state } = embed({ ...meta, state: first.state }, x, 'batch')
    return { scores: judge(meta, y, inContext(meta, first.y), members), state }
  }

  function oneByOne(meta: Meta, examples: Examples, x: Tensor) {
    const queries = Array.from({ length: x.shape[0]! }, (_, i) => slice(x, i, 1))
    const results = queries.map((query) => jointly(meta, examples, query, 'batch'))
    return { scores: concat(results.map(({ scores }) => scores)), state: results.at(-1)!.state }
  }

  function scoresOf(meta: Meta, examples: Examples, x: Tensor, mode: MatchingNormalisation) {
    if (mode === 'support+one') return oneByOne(meta, examples, x)
    if (mode === 'batch-separate') return apart(meta, examples, x)
    return jointly(meta, examples, x, normOf(mode))
  }

  return {
    spec: {
      package: '@kshot/matching',
      export: 'matching',
      options: { ...settings, backbone: backbone.spec },
    },
    traits: {
      anyWay: true,
      classEquivariant: true,
      supportOrderInvariant: !fullContext,
      unevenShots: true,
      ...queryTraits(backbone, test),
      innerSteps: 0,
      net: backbone.spec,
    },
    init(rng, { inputShape }) {
      const { params, state } = backbone.init(rng.split('backbone'), inputShape)
      const width = fullContext && widthOf(backbone, { params, state }, inputShape)
      const context = width && {
        support: supportContext(rng.split('support'), width),
        query: queryContext(rng.split('query'), width),
      }
      const sharpness = learnsTemperature && scalar(-Math.log(temperature))
      const learned = { ...(context && { context }), ...(sharpness && { sharpness }) }
      return { params: { backbone: params, ...learned }, state }
    },
    loss(meta, { support, query }) {
      const { scores, state } = scoresOf(meta, remember(support), query.x, train)
      const loss = softmaxCrossEntropy(scores, query.y)
      return { loss, state, metrics: { accuracy: accuracy(scores, query.y) } }
    },
    adapt: (meta, support) =>
      tree.tidy((): Params => {
        const { x, members } = remember(support)
        if (test === 'batch-joint' || test === 'support+one') return { x: x.clone(), members }
        return { embeddings: inContext(meta, embed(meta, x, normOf(test)).y), members }
      }),
    predict: (meta, adapted, x) =>
      tree.tidy(() => {
        if ('x' in adapted) return logSoftmax(scoresOf(meta, adapted as Examples, x, test).scores)
        const { embeddings, members } = adapted as Embedded
        return logSoftmax(judge(meta, embed(meta, x, normOf(test)).y, embeddings, members))
      }),
  }
}

function remember(support: Batch): Examples {
  return { x: support.x, members: marksOf(support) }
}

/** How many numbers a model makes of an example: of a model of one's own, only its output says so. */
function widthOf(backbone: Model, weights: Weights, inputShape: readonly number[]): number {
  return tidy(() => {
    const example = zeros([1, ...inputShape])
    return backbone.apply(weights, example, { norm: 'none' }).y.shape[1]!
  }) as unknown as number
}

function normOf(mode: MatchingNormalisation): NormMode {
  return mode === 'running' || mode === 'none' ? mode : 'batch'
}
