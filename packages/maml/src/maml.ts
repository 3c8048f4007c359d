// Finn, Abbeel & Levine 2017, Model-Agnostic Meta-Learning for Fast Adaptation of Deep Networks, arXiv:1703.03400.
import {
  type Batch,
  type Context,
  type Meta,
  type MetaLearner,
  type Optimizer,
  sgd,
} from '@kshot/core'
import { adaptation } from './adaptation'
import { bothSteps, innerLoop, type Steps } from './inner-loop'
import { type AdaptedWeights, type NetworkOptions, network, type Weights } from './network'
import { checkMamlOptions, mamlOptions } from './options'

export interface MamlOptions extends NetworkOptions {
  /** α: the rate of gradient descent on the mean loss over the support set. */
  readonly innerRate: number
  /** Replaces plain gradient descent: any differentiable optimizer, such as `momentum(0.1)`. */
  readonly innerOptimizer?: Optimizer
  /** Gradient steps in the inner loop; may differ at test. */
  readonly steps: Steps
  /** Leaves out the second derivatives (section 5.2). */
  readonly firstOrder?: boolean
  /** A regular expression: the paths of the parameters that the inner loop adapts. Default: all. */
  readonly adapts?: string
}

/**
 * MAML: initial parameters from which a few gradient steps on a support set do well on its query set.
 *
 * - inner loop: θ′ ← θ − α ∇_θ L_support(θ), `steps` times (eq. 1)
 * - loss: L_query(θ′), differentiated through the inner loop (algorithm 2, line 8)
 *
 * `predict` returns logits `[n, ways]`, or the output of a regression.
 * @throws `maml/bad-option`; `maml/adapts-nothing`; `maml/wrong-way` if a fixed head meets
 * a different number of classes
 * @example
 * const learner = maml({ model: finnNet(), head: 'fixed', ways: 5, innerRate: 2, steps: 1 })
 */
export function maml(options: MamlOptions): MetaLearner {
  checkMamlOptions('maml', mamlOptions, options)
  const { innerRate, innerOptimizer, firstOrder = false, adapts = '' } = options
  const net = network(options)
  const steps = bothSteps(options.steps)
  const rule = innerOptimizer ?? sgd(innerRate)
  const pattern = new RegExp(adapts)

  function adapted(meta: Meta, support: Batch, { phase }: Context): AdaptedWeights {
    const count = phase === 'train' ? steps.train : steps.test
    const loop = { network: net, steps: count, rule, adapts: pattern, firstOrder, phase }
    const start = net.forTask(meta.params as Weights, support)
    const { params } = innerLoop(loop, start, meta.state, () => support)
    // Running statistics are those of adapted networks: the queries alone move them.
    return { params: params.at(-1)!, state: meta.state, ...net.supportForQueries(support, phase) }
  }

  return {
    spec: {
      package: '@kshot/maml',
      export: 'maml',
      options: {
        ...net.options,
        innerRate,
        steps,
        firstOrder,
        adapts,
        ...(innerOptimizer && { innerOptimizer: innerOptimizer.spec }),
      },
    },
    traits: { ...net.traits, innerSteps: steps.test, method: methodOf(adapts, firstOrder) },
    withInnerSteps: (test) => maml({ ...options, steps: { ...steps, test } }),
    init: net.init,
    loss: (meta, { support, query }, ctx) =>
      net.queryLoss(adapted(meta, support, ctx), query, { phase: 'train', innerStep: steps.train }),
    ...adaptation(net, adapted, steps.test),
  }
}

/** What papers call it: ANIL and BOIL are MAML that adapts a part, and so are their specs. */
function methodOf(adapts: string, firstOrder: boolean): string {
  if (adapts === '^head/') return 'anil'
  if (adapts === '^body/') return 'boil'
  return firstOrder ? 'fomaml' : 'maml'
}
