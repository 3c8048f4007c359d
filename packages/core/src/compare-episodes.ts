import { concat, slice, type Tensor, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core'
import { KshotError } from './errors'
import type { Context, Meta, MetaLearner, Model, Normalisation, NormMode, Traits } from './learner'
import { accuracy, softmaxCrossEntropy } from './nn/losses'
import { type NormalisationOptions, normModeOf, queryTraits } from './normalisation'
import type { Rng } from './random'
import { oneHotLabels, presentClasses, withoutAbsent } from './support'
import type { Params } from './tree'
import * as tree from './tree'

/** The result of a call: its output, and the learner's whole state after it. */
export interface Applied<Output> {
  readonly y: Output
  readonly state: Params
}

/** The equations of a metric learner, which compares queries with what it remembers of a support set. */
export interface Comparison<Memory extends Params, Embeddings extends Tensor = Tensor2D> {
  readonly backbone: Model
  readonly normalisation: Required<NormalisationOptions>
  /**
   * f: examples to embeddings, `[n, …]`. Default: the backbone, whose weights are all there is.
   * @param rng what the net draws with; in training alone
   */
  embed?(meta: Meta, x: Tensor, norm: NormMode, rng?: Rng): Applied<Tensor>
  /**
   * What to remember of the support set.
   * @param oneHot the class of each example, `[m, ways]`; a class may have no examples
   */
  remember(meta: Meta, embeddings: Embeddings, oneHot: Tensor2D, ctx: Context): Memory
  /** How well each query fits each class, `[n, ways]`; with the state, if that changes. */
  score(
    meta: Meta,
    embeddings: Embeddings,
    memory: Memory,
    norm: NormMode,
  ): Tensor2D | Applied<Tensor2D>
  /** Scores to what `predict` returns. Default: as they are. */
  logits?(scores: Tensor2D): Tensor2D
  /** Of scores `[n, ways]` and labels. Default: the cross-entropy of their softmax. */
  loss?: typeof softmaxCrossEntropy
}

/** The parts of a learner that {@link compareEpisodes} makes. */
export type EpisodeComparison = Pick<MetaLearner, 'traits' | 'loss' | 'adapt' | 'predict'>

/**
 * Builds a metric learner from its equations: what it remembers of a support set, and how it scores
 * queries by that. Which examples are normalised together, and so embedded in one pass, is done here;
 * so is the rule for a class without examples, which is never predicted.
 * @throws from `adapt` and `loss`: `core/no-classes`, `core/one-class`, `core/empty-support`
 * @example
 * const { traits, loss, adapt, predict } = compareEpisodes({
 *   backbone,
 *   normalisation: { train: 'batch-joint', test: 'running' },
 *   remember: (_, z, oneHot) => ({ prototypes: classMeans(z, oneHot) }),
 *   score: (_, z, { prototypes }) => negativeSquaredDistances(z, prototypes),
 * })
 */
export function compareEpisodes<Memory extends Params, Embeddings extends Tensor = Tensor2D>(
  comparison: Comparison<Memory, Embeddings>,
): EpisodeComparison {
  const { backbone, normalisation, remember, score } = comparison
  const { loss = softmaxCrossEntropy, logits = (scores) => scores } = comparison
  const { train, test } = normalisation
  const embed = embedding(comparison)
  const norm = normModeOf(test)
  // Where queries change how the support set is embedded, it is kept as it is.
  const keepsExamples = test === 'batch-joint' || test === 'support+one'

  return {
    traits: traitsOf(backbone, test),
    loss(meta, { support, query }, ctx) {
      const examples = { x: support.x, oneHot: oneHotLabels(support) }
      const { y: scores, state } = scored(comparison, train, meta, examples, query.x, ctx)
      const metrics = { accuracy: accuracy(scores, query.y) }
      return { loss: loss(scores, query.y), state, metrics }
    },
    adapt: (meta, support, ctx) =>
      tree.tidy((): Params => {
        const oneHot = oneHotLabels(support)
        if (keepsExamples) return { x: support.x.clone(), oneHot }
        const memory = remember(meta, embed(meta, support.x, norm).y, oneHot, ctx)
        return { memory, present: presentClasses(oneHot) }
      }),
    predict: (meta, adapted, x, ctx) =>
      tree.tidy(() => {
        if (keepsExamples) {
          const examples = adapted as Examples
          const { y: scores } = scored(comparison, test, meta, examples, x, ctx)
          return withoutAbsent(logits(scores), presentClasses(examples.oneHot))
        }
        const { memory, present } = adapted as { memory: Memory; present: Tensor1D }
        const { y: queries } = embed(meta, x, norm)
        const { y: scores } = applied(score(meta, queries, memory, norm), meta.state)
        return withoutAbsent(logits(scores), present)
      }),
  }
}

/** A support set, and which class each example is of, `[m, ways]`. */
type Examples = { readonly x: Tensor; readonly oneHot: Tensor2D }

function traitsOf(backbone: Model, test: Normalisation): Traits {
  return {
    anyWay: true,
    classEquivariant: true,
    supportOrderInvariant: true,
    unevenShots: true,
    ...queryTraits(backbone, test),
    innerSteps: 0,
    net: backbone.spec,
    normalisation: test,
  }
}

/**
 * Embeddings are rows, `[n, d]`.
 * @throws `core/bad-embeddings`
 */
export function checkedEmbeddings(y: Tensor): Tensor2D {
  if (y.rank === 2) return y as Tensor2D
  throw new KshotError('core/bad-embeddings', {
    got: `a backbone whose embeddings have the shape [${y.shape.join(', ')}]`,
    expected: 'one row per example: [n, d]',
    remedy: 'Take a backbone that ends in rows, such as conv4(), or flatten its maps',
  })
}

function embedding<Memory extends Params, Embeddings extends Tensor>({
  backbone,
  embed = (meta, x, norm, rng) => {
    const { y, state } = backbone.apply(meta, x, { norm, ...(rng && { rng }) })
    return { y: checkedEmbeddings(y) as Tensor as Embeddings, state }
  },
}: Comparison<Memory, Embeddings>) {
  return (meta: Meta, x: Tensor, norm: NormMode, rng?: Rng) =>
    embed(meta, x, norm, rng) as Applied<Embeddings>
}

/** The scores of queries, embedded with the support set as the normalisation asks. */
function scored<Memory extends Params, Embeddings extends Tensor>(
  comparison: Comparison<Memory, Embeddings>,
  normalisation: Normalisation,
  meta: Meta,
  { x: support, oneHot }: Examples,
  x: Tensor,
  ctx: Context,
): Applied<Tensor2D> {
  const embed = embedding(comparison)
  const norm = normModeOf(normalisation)
  const rng = ctx.phase === 'train' ? ctx.rng.split('net') : undefined
  if (normalisation === 'support+one') return oneByOne()
  return normalisation === 'batch-separate' ? apart() : together(x)

  function together(x: Tensor) {
    const [m, n] = [support.shape[0]!, x.shape[0]!]
    const { y, state } = embed(meta, concat([support, x]), norm, rng)
    return compared(slice(y, 0, m), slice(y, m, n), state)
  }

  function apart() {
    const first = embed(meta, support, norm, rng?.split('support'))
    const next = { params: meta.params, state: first.state }
    const { y, state } = embed(next, x, norm, rng?.split('queries'))
    return compared(first.y, y, state)
  }

  function oneByOne() {
    const each = Array.from({ length: x.shape[0]! }, (_, i) => together(slice(x, i, 1)))
    return { y: concat(each.map(({ y }) => y)), state: each.at(-1)!.state }
  }

  function compared(support: Embeddings, queries: Embeddings, state: Params) {
    const now = { params: meta.params, state }
    const memory = comparison.remember(now, support, oneHot, ctx)
    return applied(comparison.score(now, queries, memory, norm), state)
  }
}

function applied(result: Tensor2D | Applied<Tensor2D>, state: Params): Applied<Tensor2D> {
  return tree.isTensor(result) ? { y: result, state } : result
}
