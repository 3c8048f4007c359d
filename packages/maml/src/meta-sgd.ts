// Li, Zhou, Chen & Li 2017, Meta-SGD: Learning to Learn Quickly for Few-Shot Learning, arXiv:1707.09835.
import { type Batch, type Context, type Meta, type MetaLearner, type Rng, tree } from '@kshot/core'
import { mul, neg, type Tensor, tensor } from '@tensorflow/tfjs-core'
import { adaptation } from './adaptation'
import { bothSteps, innerLoop, type Rule, type Steps, selected } from './inner-loop'
import { type AdaptedWeights, type NetworkOptions, network, type Weights } from './network'
import { checkMamlOptions, metaSgdOptions } from './options'

export interface MetaSgdOptions extends NetworkOptions {
  /** Initial α: one for all, or drawn uniformly from a range. Default [0.005, 0.1], as in the paper. */
  readonly initialRate?: number | readonly [low: number, high: number]
  /** Gradient steps in the inner loop. Default 1, as in the paper. */
  readonly steps?: Steps
  readonly firstOrder?: boolean
  /** A regular expression: the paths of the parameters that the inner loop adapts. Default: all. */
  readonly adapts?: string
}

/** What is learned: the weights to start from, and a rate for each number in them. */
type Learned = { readonly weights: Weights; readonly rates: Weights }

/**
 * Meta-SGD: MAML that learns how far and in which direction each parameter moves.
 *
 * - inner loop: θ′ ← θ − α ∘ ∇_θ L_support(θ), α of the shape of θ (eq. 2)
 * - loss: L_query(θ′), differentiated by θ and α (eq. 3)
 *
 * @throws `maml/bad-option`; `maml/adapts-nothing`; `maml/wrong-way` if a fixed head meets
 * a different number of classes
 * @example
 * const learner = metaSgd({ model: mlp(), head: 'none', initialRate: 0.01 })
 */
export function metaSgd(options: MetaSgdOptions): MetaLearner {
  checkMamlOptions('metaSgd', metaSgdOptions, options)
  const { initialRate = [0.005, 0.1], firstOrder = false, adapts = '' } = options
  const net = network(options)
  const steps = bothSteps(options.steps ?? 1)
  const pattern = new RegExp(adapts)
  const [low, high] = typeof initialRate === 'number' ? [initialRate, initialRate] : initialRate

  function adapted(meta: Meta, support: Batch, { phase }: Context): AdaptedWeights {
    const { weights, rates } = meta.params as Learned
    const rule = scaled(selected(net.forTask(rates, support), pattern))
    const count = phase === 'train' ? steps.train : steps.test
    const loop = { network: net, steps: count, rule, adapts: pattern, firstOrder, phase }
    const { params } = innerLoop(loop, net.forTask(weights, support), meta.state, () => support)
    return { params: params.at(-1)!, state: meta.state, ...net.supportForQueries(support, phase) }
  }

  return {
    spec: {
      package: '@kshot/maml',
      export: 'metaSgd',
      options: { ...net.options, initialRate, steps, firstOrder, adapts },
    },
    traits: { ...net.traits, innerSteps: steps.test },
    withInnerSteps: (test) => metaSgd({ ...options, steps: { ...steps, test } }),
    init(rng, task) {
      const { params: weights, state } = net.init(rng, task)
      const draw = (like: Tensor, path: string) =>
        uniformLike(rng.split(`rate ${path}`), like, low, high)
      return { params: { weights, rates: tree.map(draw, weights) }, state }
    },
    loss: (meta, { support, query }, ctx) =>
      net.queryLoss(adapted(meta, support, ctx), query, { phase: 'train', innerStep: steps.train }),
    ...adaptation(net, adapted, steps.test),
  }
}

/** −α ∘ g. */
function scaled(rates: readonly Tensor[]): Rule {
  return {
    init: () => ({}),
    update: (gradient, state) => ({
      updates: tree.zip(([g, rate]) => neg(mul(g!, rate!)), gradient, rates),
      state,
    }),
  }
}

function uniformLike(rng: Rng, { size, shape }: Tensor, low: number, high: number): Tensor {
  const values = Float32Array.from({ length: size }, () => low + (high - low) * rng.uniform())
  return tensor(values, shape, 'float32')
}
