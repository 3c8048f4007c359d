// Vinyals, Blundell, Lillicrap, Kavukcuoglu & Wierstra 2016, Matching Networks for One Shot Learning, arXiv:1606.04080.
import {
  compareEpisodes,
  logSoftmax,
  type Meta,
  type MetaLearner,
  type Model,
  type Params,
  type Rng,
  type Weights,
} from '@kshot/core'
import type { LstmWeights } from '@kshot/core/nn'
import { exp, mul, scalar, type Tensor, type Tensor2D, tidy, zeros } from '@tensorflow/tfjs-core'
import { classScores, similarity } from './attention'
import { type MatchingOptions, resolved } from './options'
import { inQueryContext, queryContext } from './query-context'
import { inSupportContext, type SupportContext, supportContext } from './support-context'

/** The LSTMs of full context embeddings. */
type Context = { readonly support: SupportContext; readonly query: LstmWeights }

/** f′ = g′ (the paper uses one net for both), the LSTMs above it, and −log τ. */
type Learned = {
  readonly backbone: Params
  readonly context?: Context
  readonly sharpness?: Tensor
}

/**
 * Matching Networks: a query attends to the support examples that it resembles, and takes their labels.
 *
 * - a(x̂, x_i) = softmax_i(c(f(x̂), g(x_i)) / τ) over the support set (section 2.1.1)
 * - P(y = k | x̂) = Σ a(x̂, x_i) over the examples of class k (eq. 1); `predict` returns its log, `[n, ways]`
 * - loss: −log P(y | x̂), averaged over the queries (eq. 2)
 *
 * With `fullContext`, f and g see the whole support set (appendix A), and its order matters.
 * Trains with any number of classes and shots, and tests with any other.
 * @throws `matching/bad-option`; on a support set, what `classesOf` of
 * `@kshot/core` throws
 * @example
 * const learner = matching({ backbone: conv4() })
 */
export function matching(options: MatchingOptions): MetaLearner {
  const settings = resolved(options)
  const { backbone, distance, temperature, learnsTemperature, fullContext, normalisation } =
    settings
  const learned = ({ params }: Meta) => params as Learned

  const comparison = compareEpisodes({
    backbone,
    normalisation,
    embed(meta, x, norm) {
      const weights = { params: learned(meta).backbone, state: meta.state }
      return backbone.apply(weights, x, { norm })
    },
    /** g from g′. */
    remember(meta, embeddings, oneHot) {
      const { context } = learned(meta)
      const g = context ? inSupportContext(context.support, embeddings) : embeddings
      return { embeddings: g, oneHot }
    },
    /** log P, but for a constant of each query. */
    score(meta, queries, { embeddings: g, oneHot }) {
      const { context, sharpness } = learned(meta)
      const f = context ? inQueryContext(context.query, queries, g, Number(fullContext)) : queries
      const scale = sharpness ? exp(sharpness) : 1 / temperature
      return classScores(mul(similarity(f, g, distance), scale), oneHot)
    },
    logits: (scores) => logSoftmax(scores) as Tensor2D,
  })

  return {
    ...comparison,
    spec: {
      package: '@kshot/matching',
      export: 'matching',
      options: { ...settings, backbone: backbone.spec },
    },
    traits: { ...comparison.traits, supportOrderInvariant: !fullContext },
    init(rng, { inputShape }) {
      const weights = backbone.init(rng.split('backbone'), inputShape)
      const learned: Learned = {
        backbone: weights.params,
        ...(fullContext && { context: contextOf(rng, widthOf(backbone, weights, inputShape)) }),
        ...(learnsTemperature && { sharpness: scalar(-Math.log(temperature)) }),
      }
      return { params: learned, state: weights.state }
    },
  }
}

function contextOf(rng: Rng, width: number): Context {
  return {
    support: supportContext(rng.split('support'), width),
    query: queryContext(rng.split('query'), width),
  }
}

/** How many numbers a model makes of an example: of a custom model, only its output says so. */
function widthOf(backbone: Model, weights: Weights, inputShape: readonly number[]): number {
  let width = 0
  tidy(() => {
    const example = zeros([1, ...inputShape])
    width = backbone.apply(weights, example, { norm: 'none' }).y.shape[1]!
  })
  return width
}
