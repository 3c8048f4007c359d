// Harrison, Sharma & Pavone 2018, Meta-Learning Priors for Efficient Online Bayesian Regression (ALPaCA), arXiv:1807.08912.
import { type Meta, outputShapeOf, type Params, type ShapedModel } from '@kshot/core'
import { solvePositive } from '@kshot/core/nn'
import { checkOptions } from '@kshot/core/options'
import {
  add,
  concat,
  exp,
  eye,
  fill,
  linalg,
  matMul,
  mul,
  ones,
  slice,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  tensor1d,
  tidy,
  transpose,
  zeros,
} from '@tensorflow/tfjs-core'
import { bayesianLinearOptions } from './options'
import { outputsOf, type PredictiveLearner, predictiveLearner } from './predictive'

export interface BayesianLinearOptions {
  /** The features φ: any net, or `embeddings()` for the inputs as they are. */
  readonly model: ShapedModel
  /** `learned`: mean and precision of the weights (the paper). `zero`: ridge regression, whose λ alone is learned. Default `learned`. */
  readonly prior?: 'learned' | 'zero'
  /** Initial precision of the weights, relative to the noise. Default 1. */
  readonly lambda?: number
  /** Initial deviation of the noise. Default 0.5. */
  readonly noise?: number
}

type Prior = {
  /** M₀, `[d, outputs]`; absent where it is zero. */
  readonly mean?: Tensor2D
  /** L of Λ₀ = L Lᵀ, `[d, d]`; or log λ of the weights and of the intercept, `[2]`. */
  readonly precision: Tensor
  /** log σ², `[outputs]` */
  readonly noise: Tensor1D
}
type Weights = { readonly body: Params; readonly prior: Prior }
type Posterior = { readonly mean: Tensor2D; readonly precision: Tensor2D }

/**
 * Bayesian linear regression on learned features, with an intercept.
 *
 * - prior: weights K ~ MN(M₀, Λ₀⁻¹, Σ); y = Kᵀ φ(x) + ε, ε ~ N(0, Σ)
 * - posterior: Λ = ΦᵀΦ + Λ₀, M = Λ⁻¹ (ΦᵀY + Λ₀ M₀) (eq. 4)
 * - prediction: N(Mᵀφ(x), (1 + φ(x)ᵀ Λ⁻¹ φ(x)) Σ) (eq. 5); loss: its negative log density at the queries
 *
 * φ, M₀, Λ₀ and a diagonal Σ are learned over tasks. `prior: 'zero'` on `embeddings()` is ridge
 * regression on the raw inputs, whose λ fits the training tasks.
 * @throws `regression/bad-option`
 * @example const learner = bayesianLinear({ model: mlp({ hidden: [64], outputs: 32, activation: 'tanh' }) })
 */
export function bayesianLinear(options: BayesianLinearOptions): PredictiveLearner {
  checkOptions('regression/bad-option', 'bayesianLinear', bayesianLinearOptions, options)
  const { model, prior: kind = 'learned', lambda = 1, noise = 0.5 } = options
  const features = (meta: Meta, x: Tensor): Tensor2D => {
    const { body } = meta.params as Weights
    const { y } = model.apply({ params: body, state: meta.state }, x, { norm: 'running' })
    return concat([y as Tensor2D, ones([x.shape[0]!, 1])], 1) as Tensor2D
  }
  return predictiveLearner({
    spec: {
      package: '@kshot/regression',
      export: 'bayesianLinear',
      options: { model: model.spec, prior: kind, lambda, noise },
    },
    traits: { net: model.spec },
    init(rng, task) {
      const { params, state } = model.init(rng.split('body'), task.inputShape)
      const d = outputShapeOf(model, task.inputShape).reduce((product, n) => product * n, 1) + 1
      const k = outputsOf(task)
      const logNoise = fill([k], 2 * Math.log(noise)) as Tensor1D
      const prior: Prior =
        kind === 'zero'
          ? { precision: tensor1d([Math.log(lambda), Math.log(lambda)]), noise: logNoise }
          : {
              mean: zeros([d, k]) as Tensor2D,
              precision: tidy(() => mul(eye(d), Math.sqrt(lambda))),
              noise: logNoise,
            }
      return { params: { body: params, prior }, state }
    },
    adapt(meta, { x, y }) {
      const { prior } = meta.params as Weights
      const z = features(meta, x)
      const before = precisionOf(prior, z.shape[1])
      const precision = add(matMul(z, z, true), before) as Tensor2D
      const moments = matMul(z, y as Tensor2D, true)
      const known = prior.mean ? add(moments, matMul(before, prior.mean)) : moments
      return { mean: solvePositive(precision, known as Tensor2D), precision }
    },
    predictive(meta, adapted, x) {
      const { mean, precision } = adapted as Posterior
      const { prior } = meta.params as Weights
      const z = features(meta, x)
      const spread = sum(mul(z, transpose(solvePositive(precision, transpose(z)))), 1, true)
      return {
        mean: matMul(z, mean) as Tensor2D,
        variance: mul(add(spread, 1), exp(prior.noise)) as Tensor2D,
      }
    },
  })
}

/** Λ₀, `[d, d]`, a little above zero in every direction. */
function precisionOf({ precision }: Prior, d: number): Tensor2D {
  if (precision.rank === 2) {
    // A constant mask: the lower triangle is what is learned.
    const lower = mul(precision, linalg.bandPart(ones([d, d]), -1, 0)) as Tensor2D
    return add(matMul(lower, lower, false, true), mul(eye(d), 1e-4)) as Tensor2D
  }
  const [weights, intercept] = [0, 1].map((i) => exp(slice(precision, [i], [1])))
  const diagonal = concat([mul(weights!, ones([d - 1])), intercept!])
  return mul(eye(d), diagonal) as Tensor2D
}
