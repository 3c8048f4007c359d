// Antoniou, Edwards & Storkey 2019, How to train your MAML, arXiv:1810.09502.
import {
  type Batch,
  type Context,
  type Meta,
  type MetaLearner,
  type Params,
  stepDecides,
  stepTensor,
  type TaskLoss,
  tree,
} from '@kshot/core'
import { add, fill, mul, neg, reshape, scalar, slice, type Tensor } from '@tensorflow/tfjs-core'
import { adaptation } from './adaptation'
import {
  bothSteps,
  innerLoop,
  type Rule,
  type Steps,
  selected,
  type Trajectory,
} from './inner-loop'
import {
  type AdaptedWeights,
  type Network,
  type NetworkOptions,
  network,
  type Weights,
} from './network'
import { checkMamlOptions, mamlPlusPlusOptions } from './options'

export interface MamlPlusPlusOptions extends NetworkOptions {
  /** Initial α, for each layer and step. */
  readonly innerRate: number
  readonly steps: Steps
  /** Learns a rate for each layer and each inner step (LSLR). Default true. */
  readonly learnsRates?: boolean
  /**
   * For this many meta-steps the query loss is taken after each inner step, with growing weight on the
   * last (MSL); 0 uses only the last, as in MAML. Default 5,000: ten epochs of 500.
   */
  readonly multiStepLoss?: number
  /** First-order gradients before this meta-step, second-order from then on (DA). Default 0. */
  readonly secondOrderFrom?: number
  /** A regular expression: which paths the inner loop adapts. Default: all but those of batch norm. */
  readonly adapts?: string
}

/** What is learned: the weights to start from, and a rate for each tensor of them and inner step. */
type Learned = { readonly weights: Weights; readonly rates?: Params }

const ALL_BUT_NORM = '^(?!.*/norm/)'

/**
 * MAML++: MAML with stable training. Each part can be switched off.
 *
 * - θ_{s+1} ← θ_s − α_s ∘ ∇ L_support(θ_s), α_s a learned number for each layer and step (LSLR)
 * - loss: Σ_s v_s L_query(θ_s); the weights v_s move to the last step as training goes on (MSL, eq. 4)
 * - first-order gradients at first (DA)
 * - batch norm with γ, β and statistics for each inner step (BNWB, BNRS): a model with
 *   `conv4({ innerSteps: 5 })`. The published code normalises by the batch always and never uses the
 *   statistics it stores, as `normalisation` does by default here; `{ test: 'running' }` uses them
 * - a cosine schedule of the outer rate (CA): `adam(cosine({ initial: 1e-3, steps }))`
 *
 * @throws `maml/bad-option`; `maml/adapts-nothing`; `maml/wrong-way` if a fixed head meets
 * a different number of classes
 * @example
 * const learner = mamlPlusPlus({
 *   model: conv4({ innerSteps: 5 }), head: 'fixed', ways: 5, innerRate: 0.1, steps: 5,
 * })
 */
export function mamlPlusPlus(options: MamlPlusPlusOptions): MetaLearner {
  checkMamlOptions('mamlPlusPlus', mamlPlusPlusOptions, options)
  const { learnsRates = true, multiStepLoss = 5000, secondOrderFrom = 0 } = options
  const { innerRate, adapts = ALL_BUT_NORM } = options
  const net = network(options)
  const steps = bothSteps(options.steps)
  const trajectory = trajectories(net, steps, options)

  function adapted(meta: Meta, support: Batch, ctx: Context): AdaptedWeights {
    const { params } = trajectory(meta, support, ctx)
    return {
      params: params.at(-1)!,
      state: meta.state,
      ...net.supportForQueries(support, ctx.phase),
    }
  }

  return {
    spec: {
      package: '@kshot/maml',
      export: 'mamlPlusPlus',
      options: {
        ...net.options,
        innerRate,
        steps,
        learnsRates,
        multiStepLoss,
        secondOrderFrom,
        adapts,
      },
    },
    traits: { ...net.traits, innerSteps: steps.test },
    withInnerSteps: (test) => mamlPlusPlus({ ...options, steps: { ...steps, test } }),
    init(rng, task) {
      const { params: weights, state } = net.init(rng, task)
      if (!learnsRates) return { params: { weights }, state }
      const rates = tree.map(() => fill([steps.train], innerRate), weights)
      return { params: { weights, rates }, state }
    },
    loss(meta, { support, query }, ctx) {
      const path = trajectory(meta, support, ctx)
      const importance = importances(ctx, steps.train, multiStepLoss)
      return weightedLoss(net, path, importance, query, net.supportForQueries(support, 'train'))
    },
    ...adaptation(net, adapted, steps.test - 1),
  }
}

function trajectories(
  net: Network,
  steps: { readonly train: number; readonly test: number },
  { innerRate, adapts = ALL_BUT_NORM, secondOrderFrom = 0 }: MamlPlusPlusOptions,
) {
  const pattern = new RegExp(adapts)
  return (meta: Meta, support: Batch, ctx: Context): Trajectory => {
    const { phase } = ctx
    const { weights, rates } = meta.params as Learned
    const start = net.forTask(weights, support)
    const fixed = () => selected(start, pattern).map(() => fill([1], innerRate))
    const rule = byStep(rates ? selected(rates, pattern) : fixed())
    const count = phase === 'train' ? steps.train : steps.test
    const firstOrder = phase === 'train' && stepDecides(ctx, (step) => step < secondOrderFrom)
    const loop = { network: net, steps: count, rule, adapts: pattern, firstOrder, phase }
    return innerLoop(loop, start, meta.state, () => support)
  }
}

/** Σ_s v_s L_query(θ_s), which hands the state on from step to step. */
function weightedLoss(
  net: Network,
  { params, state }: Trajectory,
  importance: readonly (Tensor | undefined)[],
  query: Batch,
  joint: Pick<AdaptedWeights, 'support'>,
): TaskLoss {
  let total: TaskLoss = { loss: scalar(0), state, metrics: {} }
  for (const [s, weight] of importance.entries()) {
    if (!weight) continue
    const adapted = { params: params[s + 1]!, state: total.state, ...joint }
    const now = net.queryLoss(adapted, query, { phase: 'train', innerStep: s })
    total = { ...now, loss: add(total.loss, mul(now.loss, weight)) }
  }
  return total
}

/** v as scalars, one for each inner step; those of 0 are left out. */
function importances(ctx: Context, steps: number, annealed: number): (Tensor | undefined)[] {
  const lastAlone = stepDecides(ctx, (step) => step >= annealed)
  return Array.from({ length: steps }, (_, s) => {
    if (lastAlone && s < steps - 1) return undefined
    return stepTensor(ctx, [], (step) => [stepImportance(step, steps, annealed)[s]!])
  })
}

/**
 * v: how much the queries' loss after each inner step counts, `[steps]`, in sum 1: all alike at
 * meta-step 0, then less and less but the last; the last alone from meta-step `annealed` on.
 */
export function stepImportance(metaStep: number, steps: number, annealed: number): number[] {
  const last = (v: number, others: number) => [...Array<number>(steps - 1).fill(others), v]
  if (metaStep >= annealed) return last(1, 0)
  // The published code leaves each of the others three hundredths of an even share until the end.
  const even = 1 / steps
  const others = Math.max(even * (1 - metaStep / annealed), 0.03 * even)
  return last(1 - (steps - 1) * others, others)
}

/** −α_s g, with the last row of α for the steps beyond it. */
function byStep(rates: readonly Tensor[]): Rule {
  return {
    init: () => ({}),
    update: (gradient, state, { step }) => ({
      updates: tree.zip(([g, rows]) => neg(mul(g!, rateAt(rows!, step))), gradient, rates),
      state,
    }),
  }
}

function rateAt(rows: Tensor, step: number): Tensor {
  return reshape(slice(rows, Math.min(step, rows.size - 1), 1), [])
}
