// Nichol, Achiam & Schulman 2018, On First-Order Meta-Learning Algorithms, arXiv:1803.02999.
import {
  adam,
  type Batch,
  type Context,
  drawTensor,
  type Episode,
  type Meta,
  type MetaGradient,
  type MetaLearner,
  type Optimizer,
  type Params,
  type Rng,
  tree,
} from '@kshot/core'
import { gather, reshape, slice, sub } from '@tensorflow/tfjs-core'
import { adaptation } from './adaptation'
import { bothSteps, innerLoop, type Rule, type Steps, type Trajectory } from './inner-loop'
import {
  type AdaptedWeights,
  type Network,
  type NetworkOptions,
  network,
  type Weights,
} from './network'
import { checkMamlOptions, reptileOptions } from './options'

export interface ReptileOptions extends NetworkOptions {
  /** Steps of the inner optimizer. */
  readonly steps: Steps
  /** Default `adam(1e-3, { b1: 0 })`, as in the paper. */
  readonly innerOptimizer?: Optimizer
  /** Examples per step, drawn without replacement until all have been seen. Default: the whole support set. */
  readonly batch?: { readonly train?: number; readonly test?: number }
}

type State = { readonly model: Params; readonly optimizer?: Params }

/**
 * Reptile: parameters close to those that training on each task would reach.
 *
 * - inner loop: φ ← U_steps(θ), `steps` steps of an optimizer on mini-batches of the support set
 * - outer loop: θ ← θ + ε mean over tasks(φ − θ) (algorithm 2): the gradient here is θ − φ, so
 *   `sgd(ε)` as outer optimizer is the paper's; it does not learn from the query set
 *
 * The support set of a training task is a larger pool than that of a test task: 10 to 15 examples per class.
 *
 * The moments of the inner optimizer carry over from task to task, as in the published code; there the
 * next task of a meta-batch starts from those of the one before. Here all start from the same, and
 * the executor averages the final ones, so that tasks can run at once. With a `shared` head, whose
 * shape depends on the task, each task starts from new ones.
 * @throws `maml/bad-option`; `maml/wrong-way` if a fixed head meets a different number of classes
 * @example
 * const learner = reptile({ model: finnNet({ readout: 'flatten' }), head: 'fixed', ways: 5, steps: 12 })
 * await metaTrain({ learner, optimizer: sgd(1), tasks, steps: 1000 })
 */
export function reptile(options: ReptileOptions): MetaLearner {
  checkMamlOptions('reptile', reptileOptions, options)
  const { innerOptimizer = adam(1e-3, { b1: 0 }), batch = {} } = options
  const net = network(options)
  const steps = bothSteps(options.steps)
  const carriesMoments = net.options.head !== 'shared'
  const trajectory = trajectories(net, steps, innerOptimizer, batch)

  function adapted(meta: Meta, support: Batch, ctx: Context): AdaptedWeights {
    return endOf(net, trajectory(meta, support, ctx), meta, support, ctx.phase)
  }

  /** θ − φ, and how well φ does on the queries, which nothing else comes from. */
  function towards(meta: Meta, { support, query }: Episode, ctx: Context): MetaGradient {
    const path = trajectory(meta, support, ctx)
    const { start, state: model, rule: optimizer } = path
    const end = { ...endOf(net, path, meta, support, 'train'), state: model }
    const queryLoss = net.queryLoss(end, query, { phase: 'train', innerStep: steps.train })
    const way = tree.zip(([theta, phi]) => sub(theta!, phi!), start, end.params)
    return {
      ...queryLoss,
      gradient: net.fromTask(way, 'mean'),
      state: tree.clone(carriesMoments ? { model, optimizer } : { model }),
    }
  }

  return {
    spec: {
      package: '@kshot/maml',
      export: 'reptile',
      options: { ...net.options, steps, innerOptimizer: innerOptimizer.spec, batch: { ...batch } },
    },
    traits: {
      ...net.traits,
      supportOrderInvariant: batch.test === undefined,
      innerSteps: steps.test,
    },
    withInnerSteps: (test) => reptile({ ...options, steps: { ...steps, test } }),
    init(rng, task) {
      const { params, state: model } = net.init(rng, task)
      const optimizer = carriesMoments && { optimizer: innerOptimizer.init(tree.leaves(params)) }
      return { params, state: { model, ...optimizer } }
    },
    loss(meta, task, ctx) {
      const { loss, state, metrics } = towards(meta, task, ctx)
      return { loss, state, metrics }
    },
    gradient: (meta, task, ctx) => tree.tidy(() => towards(meta, task, ctx)),
    ...adaptation(net, adapted, steps.test),
  }
}

/** From the parameters of a task to those that its inner optimizer reaches. */
type Path = Trajectory & { readonly start: Weights }

function trajectories(
  net: Network,
  steps: { readonly train: number; readonly test: number },
  innerOptimizer: Optimizer,
  batch: NonNullable<ReptileOptions['batch']>,
) {
  return (meta: Meta, support: Batch, ctx: Context): Path => {
    const { phase, rng } = ctx
    const { model, optimizer } = meta.state as State
    const [count, size] = phase === 'train' ? [steps.train, batch.train] : [steps.test, batch.test]
    const done = optimizer ? ctx.step * steps.train : 0
    const rule: Rule = {
      init: (params) => optimizer ?? innerOptimizer.init(params),
      update: (gradient, state, at) =>
        innerOptimizer.update(gradient, state, { ...at, step: done + at.step }),
    }
    const loop = { network: net, steps: count, rule, adapts: /(?:)/, firstOrder: true, phase }
    const start = net.forTask(meta.params as Weights, support)
    const supportAt = miniBatches(support, { size, steps: count }, rng)
    return { ...innerLoop(loop, start, model, supportAt), start }
  }
}

/** The network at the end of a trajectory, with the state that the task began with. */
function endOf(
  net: Network,
  { params }: Path,
  meta: Meta,
  support: Batch,
  phase: Context['phase'],
): AdaptedWeights {
  const { model } = meta.state as State
  return { params: params.at(-1)!, state: model, ...net.supportForQueries(support, phase) }
}

/** Batches of `size`: the support set is gone through in one random order after another. */
function miniBatches(
  { x, y, ways }: Batch,
  { size, steps }: { size: number | undefined; steps: number },
  rng: Rng,
) {
  const n = x.shape[0]!
  const whole = { x, y, ...(ways !== undefined && { ways }) }
  if (size === undefined || size >= n) return () => whole
  const order = drawTensor(rng, [steps, size], 'int32', (rng) => {
    const rounds = Array.from({ length: Math.ceil((steps * size) / n) }, () => rng.permutation(n))
    return rounds.flat().slice(0, steps * size)
  })
  return (step: number): Batch => {
    const at = reshape(slice(order, [step, 0], [1, size]), [size])
    return { ...whole, x: gather(x, at), y: gather(y, at) }
  }
}
