// Rajeswaran, Finn, Kakade & Levine 2019, Meta-Learning with Implicit Gradients, arXiv:1909.04630.
import {
  type Batch,
  type Context,
  hvp,
  type Meta,
  type MetaLearner,
  type Params,
  tree,
  valueAndGrad,
} from '@kshot/core'
import {
  add,
  div,
  mul,
  neg,
  type Scalar,
  sub,
  sum,
  type Tensor,
  zerosLike,
} from '@tensorflow/tfjs-core'
import { adaptation } from './adaptation'
import { bothSteps, innerLoop, type Rule, type Steps } from './inner-loop'
import { type AdaptedWeights, type NetworkOptions, network, type Weights } from './network'
import { checkMamlOptions, implicitMamlOptions } from './options'

export interface ImplicitMamlOptions extends NetworkOptions {
  /** Of gradient descent in the inner loop. */
  readonly innerRate: number
  /** Take enough to come near the minimum, where the implicit gradient is exact. */
  readonly steps: Steps
  /** λ: how strongly the adapted parameters are pulled towards the meta-parameters. */
  readonly lambda: number
  /** Conjugate gradient steps. Default 5, as in the paper. */
  readonly solverSteps?: number
  /**
   * Added to λ only in the meta-gradient. Default 0, as in the paper; its authors' code adds 10. A net
   * whose support loss curves downwards by more than λ along some direction has no minimum there, and
   * the meta-gradient diverges.
   */
  readonly damping?: number
}

/**
 * Implicit MAML: the meta-gradient depends only on where the inner loop ends, not on its path; memory
 * does not grow with the number of inner steps.
 *
 * - inner loop: φ ≈ argmin L_support(φ) + λ/2 ‖φ − θ‖² (eq. 3), by gradient descent
 * - meta-gradient: (I + ∇² L_support(φ) / (λ + damping))⁻¹ ∇ L_query(φ) (eq. 6), by conjugate gradients
 *   (algorithm 2), which need only products with the Hessian
 *
 * @throws `maml/bad-option`; `maml/wrong-way` if a fixed head meets a different number of classes
 * @example
 * const learner = implicitMaml({ model: mlp(), head: 'none', innerRate: 0.05, steps: 16, lambda: 2 })
 */
export function implicitMaml(options: ImplicitMamlOptions): MetaLearner {
  checkMamlOptions('implicitMaml', implicitMamlOptions, options)
  const { innerRate, lambda, solverSteps = 5, damping = 0 } = options
  const net = network(options)
  const steps = bothSteps(options.steps)

  function adapted(meta: Meta, support: Batch, { phase }: Context): AdaptedWeights {
    const start = net.forTask(meta.params as Weights, support)
    const rule = proximal(tree.leaves(start), innerRate, lambda)
    const count = phase === 'train' ? steps.train : steps.test
    const loop = { network: net, steps: count, rule, adapts: /(?:)/, firstOrder: true, phase }
    const { params } = innerLoop(loop, start, meta.state, () => support)
    return { params: params.at(-1)!, state: meta.state, ...net.supportForQueries(support, phase) }
  }

  const at = { phase: 'train', innerStep: steps.train } as const

  return {
    spec: {
      package: '@kshot/maml',
      export: 'implicitMaml',
      options: { ...net.options, innerRate, steps, lambda, solverSteps, damping },
    },
    traits: { ...net.traits, innerSteps: steps.test },
    withInnerSteps: (test) => implicitMaml({ ...options, steps: { ...steps, test } }),
    init: net.init,
    loss: (meta, { support, query }, ctx) => net.queryLoss(adapted(meta, support, ctx), query, at),
    gradient: (meta, { support, query }, ctx) =>
      tree.tidy(() => {
        const end = adapted(meta, support, ctx)
        const { value, gradient, aux } = valueAndGrad((params: Weights) => {
          const { loss, ...aux } = net.queryLoss({ ...end, params }, query, at)
          return { value: loss, aux }
        })(end.params)
        const supportLoss = (params: Weights) => net.loss(params, meta.state, support, at).loss
        const product = regularisedHessian(supportLoss, end.params, lambda + damping)
        const solved = conjugateGradients(product, gradient, solverSteps)
        return { loss: value, gradient: net.fromTask(solved, 'sum'), ...aux }
      }),
    ...adaptation(net, adapted, steps.test),
  }
}

/** v to (I + ∇² L(φ) / λ) v. */
function regularisedHessian(loss: (params: Weights) => Scalar, phi: Weights, lambda: number) {
  return (v: Weights): Weights =>
    tree.zip(([x, curved]) => add(x!, div(curved!, lambda)), v, hvp(loss, phi, v))
}

/** −α (g + λ (φ − θ)). */
function proximal(theta: readonly Tensor[], rate: number, lambda: number): Rule {
  return {
    init: () => ({}),
    update(gradient, state, { params }) {
      const updates = tree.zip(
        ([g, phi, from]) => mul(add(g!, mul(sub(phi!, from!), lambda)), -rate),
        gradient,
        params!,
        theta,
      )
      return { updates, state }
    },
  }
}

/**
 * x with A x ≈ b, for a symmetric positive A that is known by its products (Hestenes & Stiefel 1952).
 * Nothing is read back from the device.
 */
function conjugateGradients<T extends Weights>(product: (v: T) => T, b: T, steps: number): T {
  let x: T = tree.map((part) => zerosLike(part), b)
  let residual: T = b
  let direction: T = b
  let error = dot(residual, residual)
  for (let step = 0; step < steps; step++) {
    const moved = product(direction)
    const along = ratio(error, dot(direction, moved))
    x = plus(x, along, direction)
    residual = plus(residual, neg(along), moved)
    const left = dot(residual, residual)
    direction = plus(residual, ratio(left, error), direction)
    error = left
  }
  return x
}

function dot(a: Params, b: Params): Scalar {
  const products = tree.leaves(tree.zip(([x, y]) => sum(mul(x!, y!)), a, b))
  return products.reduce((total, part) => add(total, part)) as Scalar
}

/** a + s b. */
function plus<T extends Weights>(a: T, s: Scalar, b: T): T {
  return tree.zip(([x, y]) => add(x!, mul(y!, s)), a, b)
}

/** a / b, and no NaN once there is nothing left to solve. */
function ratio(a: Scalar, b: Scalar): Scalar {
  return div(a, add(b, 1e-30))
}
