// Snell, Swersky & Zemel 2017, Prototypical Networks for Few-shot Learning, arXiv:1703.05175.
import {
  accuracy,
  type Batch,
  KshotError,
  type Meta,
  type MetaLearner,
  type Model,
  type NormMode,
  type Params,
  queryTraits,
  softmaxCrossEntropy,
  tree,
} from '@kshot/core'
import {
  concat,
  mul,
  slice,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
} from '@tensorflow/tfjs-core'
import { classMeans, type Distance, membership, similarity } from './prototypes'

/** Which of the normalisation modes a Prototypical Network can do. */
export type ProtonetNormalisation = 'running' | 'batch-joint' | 'support+one' | 'none'

export interface ProtonetOptions {
  /** f_φ: any model that returns one row an example. */
  readonly backbone: Model
  /** d. The paper finds squared Euclidean best; cosine is its alternative. */
  readonly distance?: Distance
  /** Multiplies the similarity; by default 1, and 10 for cosine, whose softmax is nearly flat otherwise. */
  readonly scale?: number
  /** By default as Snell: `batch-joint` in training, `running` at test. */
  readonly normalisation?: { train?: ProtonetNormalisation; test?: ProtonetNormalisation }
}

/**
 * Prototypical Networks: a class is the mean of its support embeddings, a query belongs to the nearest.
 *
 * - c_k = 1/|S_k| Σ f_φ(x_i) over the support examples of class k (eq. 1)
 * - p(y = k | x) = softmax_k(−d(f_φ(x), c_k)) (eq. 2); `predict` returns the logits `[n, ways]`
 * - loss: −log p(y | x), averaged over the queries (algorithm 1)
 *
 * Trained with any number of classes and shots, tested with any other.
 * @example
 * const learner = protonet({ backbone: conv4() })
 */
export function protonet(options: ProtonetOptions): MetaLearner {
  const { backbone, distance = 'squared-euclidean', normalisation } = options
  const scale = checkedScale(options.scale ?? (distance === 'cosine' ? 10 : 1))
  const { train = 'batch-joint', test = 'running' } = normalisation ?? {}

  const embed = (meta: Meta, x: Tensor, norm: NormMode) => backbone.apply(meta, x, { norm })

  const judge = (embeddings: Tensor, means: Tensor2D) =>
    mul(similarity(embeddings as Tensor2D, means, distance), scale)

  /** One forward pass for support and queries; with `batch` they are normalised together. */
  function jointly(meta: Meta, memory: Memory, x: Tensor, norm: NormMode = 'batch') {
    const n = memory.x.shape[0]!
    const { y, state } = embed(meta, concat([memory.x, x]), norm)
    const means = classMeans(memory.membership, slice(y as Tensor2D, [0, 0], [n, -1]))
    return { logits: judge(slice(y as Tensor2D, [n, 0], [-1, -1]), means), state }
  }

  function oneByOne(meta: Meta, memory: Memory, x: Tensor) {
    const queries = Array.from({ length: x.shape[0]! }, (_, i) => slice(x, i, 1))
    const results = queries.map((query) => jointly(meta, memory, query))
    return { logits: concat(results.map(({ logits }) => logits)), state: results.at(-1)!.state }
  }

  function logitsOf(meta: Meta, support: Batch, x: Tensor, mode: ProtonetNormalisation) {
    const memory = remember(support)
    if (mode === 'support+one') return oneByOne(meta, memory, x)
    return jointly(meta, memory, x, mode === 'batch-joint' ? 'batch' : mode)
  }

  return {
    spec: {
      package: '@kshot/protonet',
      export: 'protonet',
      options: { backbone: backbone.spec, distance, scale, normalisation: { train, test } },
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
    init: (rng, { inputShape }) => backbone.init(rng, inputShape),
    loss(meta, { support, query }) {
      const { logits, state } = logitsOf(meta, support, query.x, train)
      const loss = softmaxCrossEntropy(logits, query.y)
      return { loss, state, metrics: { accuracy: accuracy(logits, query.y) } }
    },
    adapt: (meta, support) =>
      tree.tidy((): Params => {
        const { x, membership } = remember(support)
        if (test === 'batch-joint' || test === 'support+one') return { x: x.clone(), membership }
        return { prototypes: classMeans(membership, embed(meta, x, test).y as Tensor2D) }
      }),
    predict: (meta, adapted, x) =>
      tree.tidy(() => {
        if (test === 'batch-joint') return jointly(meta, adapted as Memory, x).logits
        if (test === 'support+one') return oneByOne(meta, adapted as Memory, x).logits
        const { prototypes } = adapted as { prototypes: Tensor2D }
        return judge(embed(meta, x, test).y, prototypes)
      }),
  }
}

/** The support set, kept where the queries change how it is embedded. */
type Memory = { readonly x: Tensor; readonly membership: Tensor2D }

function remember({ x, y, ways }: Batch): Memory {
  if (ways === undefined) {
    throw new KshotError('protonet/no-classes', {
      got: 'a support set without a number of classes',
      expected: 'labels 0 … ways - 1, and ways beside them',
      remedy: 'Prototypes are for classification: pass { x, y, ways }',
    })
  }
  return { x, membership: membership(y as Tensor1D, ways) }
}

function checkedScale(scale: number): number {
  if (scale > 0 && Number.isFinite(scale)) return scale
  throw new KshotError('protonet/bad-option', {
    got: `scale ${scale}`,
    expected: 'a positive number',
    remedy: 'Leave it out for the default',
  })
}
