import type { backend_util, KernelConfig } from '@tensorflow/tfjs-core'

/**
 * Kernels that TensorFlow.js lacks. A backend registers those it has under these names; where
 * one is missing, what needs it is composed of others.
 *
 * A group is one of several independent computations that lie one after the other in memory: under
 * vmap, a task. A first axis of 1 instead of `groups` is shared by all groups.
 */

/** The configuration of a kernel with which a kshot backend replaces TensorFlow.js' own. */
export interface OwnKernel extends KernelConfig {
  /** TensorFlow.js' own kernel, if it has one. */
  readonly replaces: KernelConfig | undefined
}

export const isOwnKernel = (config: KernelConfig): config is OwnKernel => 'replaces' in config

/**
 * A convolution for each group, with separate filters:
 * x `[groups | 1, n, h, w, c]`, filter `[groups | 1, kh, kw, c, o]` to `[groups, n, oh, ow, o]`.
 */
export const GroupedConv2D = 'GroupedConv2D'

/** Its derivative in x, given dy `[groups | 1, n, oh, ow, o]` and the filter. */
export const GroupedConv2DBackpropInput = 'GroupedConv2DBackpropInput'

/** Its derivative in the filter, given x and dy. */
export const GroupedConv2DBackpropFilter = 'GroupedConv2DBackpropFilter'

/** Attributes of all three, NHWC. */
export interface GroupedConv2DAttrs {
  readonly strides: number | [number, number]
  readonly pad: 'valid' | 'same' | number | backend_util.ExplicitPadding
  readonly dilations?: number | [number, number]
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil'
  /** `[n, h, w, c]`, of one group; for the derivative in x. */
  readonly inputShape?: [number, number, number, number]
  /** `[kh, kw, c, o]`, of one group; for the derivative in the filter. */
  readonly filterShape?: [number, number, number, number]
}

/**
 * Batch normalisation with batch statistics, followed by a ReLU if `relu` is set:
 * x `[...m, c]`, gamma `[c]`, beta `[c]` to `[y [...m, c], mean [c], variance [c]]`,
 * y = γ (x − μ) / √(σ² + ε) + β with the biased σ².
 *
 * With `groups` above 1 all inputs have a first axis more, of `groups` (gamma and beta: or 1), and so
 * have the outputs.
 */
export const BatchNormTrain = 'BatchNormTrain'

/**
 * Its derivative: dy, x, gamma, beta, mean, variance to `[dx, dgamma, dbeta]`, the dependence of mean and
 * variance on x included.
 */
export const BatchNormTrainGrad = 'BatchNormTrainGrad'

/**
 * The derivative of {@link BatchNormTrainGrad} contracted with ddx, ddgamma, ddbeta (each of the shape of
 * what it belongs to): ddx, ddgamma, ddbeta, dy, x, gamma, beta, mean, variance to
 * `[ddy, dx, dgamma]`; that in beta is zero.
 */
export const BatchNormTrainGradGrad = 'BatchNormTrainGradGrad'

/**
 * {@link BatchNormTrain} of images x `[n, h, w, c]` with a max-pool of 2 × 2, stride 2, without padding,
 * after it: y is `[n, ⌊h/2⌋, ⌊w/2⌋, c]`. Of equal numbers the first in reading order is the maximum; where it
 * lies is a constant. Inputs, other outputs, attributes and groups are those of {@link BatchNormTrain}.
 */
export const BatchNormPool = 'BatchNormPool'

/** Its derivative, as {@link BatchNormTrainGrad}; dy has the shape of the pooled y. */
export const BatchNormPoolGrad = 'BatchNormPoolGrad'

/** The derivative of that, as {@link BatchNormTrainGradGrad}; dy and the output ddy have the shape of y. */
export const BatchNormPoolGradGrad = 'BatchNormPoolGradGrad'

/**
 * The first block of a net on grey images: {@link BatchNormPool} of the convolution, stride 1 and same padding,
 * of x `[n, h, w, 1]` with filter `[3, 3, 1, o]`, o a multiple of 8; x, filter, gamma, beta to
 * `[y, mean, variance, place]`. `place` is for its derivative only: a byte (dtype bool) for each number of y.
 * Groups as in {@link BatchNormTrain}; filter, gamma and beta may have a first axis of 1.
 */
export const ConvBatchNormPool = 'ConvBatchNormPool'

/**
 * Its derivative: dy, place, x, filter, gamma, beta, mean, variance to `[dfilter, dgamma, dbeta]`. That in x is
 * left to the kernels it replaces, and so is everything where a second derivative may be wanted.
 */
export const ConvBatchNormPoolGrad = 'ConvBatchNormPoolGrad'

/** Attributes of these eight; a type, since an interface would be no `NamedAttrMap`. */
export type BatchNormTrainAttrs = {
  readonly epsilon: number
  readonly relu: boolean
  readonly groups: number
}

/**
 * The derivative of `MaxPoolGrad` in dy, given ddx: for each window, the entry of ddx where `input` has its
 * maximum, the first in reading order. ddx and input `[n, h, w, c]`, output `[n, oh, ow, c]` to
 * `[n, oh, ow, c]`; attributes as those of `MaxPool`.
 */
export const MaxPoolGradGrad = 'MaxPoolGradGrad'

/**
 * Adam's direction and moments in one pass: gradient, m, v to `[m′ · unbiasM / (√(v′ · unbiasV) + eps), m′, v′]`
 * with m′ = b1·m + (1 − b1)·g and v′ = b2·v + (1 − b2)·g², all of one shape.
 */
export const ScaleByAdam = 'ScaleByAdam'

export interface ScaleByAdamAttrs {
  readonly b1: number
  readonly b2: number
  readonly eps: number
  /** 1 / (1 − b1ᵗ), t the number of this step from 1 on. */
  readonly unbiasM: number
  readonly unbiasV: number
}

/**
 * The solution of a x = b for symmetric, positive definite matrices: a `[...batch, n, n]`, of which the lower
 * triangle is read, b `[...batch, n, m]` to x `[...batch, n, m]`. Throws `core/not-positive` for another matrix;
 * `solveByCholesky` is the kernel of backends whose numbers JavaScript can read.
 */
export const SolvePositive = 'SolvePositive'

/**
 * The x `[...batch, rows, n]` that minimises ½ Σᵣ xᵣᵀ K xᵣ − Σ l x subject to x ≤ u and Σᵣ xᵣ = 0, for a matrix K
 * `[...batch, n, n]`, symmetric (the lower triangle is read) and positive definite, and linear l and upper u of the
 * shape of x, where bounds leave room: Σᵣ u > 0. Numbers at their bound are equal to it. It has no derivative. `solveBoundedQuadratic` is the kernel
 * of backends whose numbers JavaScript can read; inputs are `matrix`, `linear`, `upper`.
 */
export const BoundedQuadratic = 'BoundedQuadratic'
