// Bertinetto, Henriques, Torr & Vedaldi 2019, arXiv:1805.08136, section 3.2: iteratively reweighted least squares.
import { stopGradient } from '@kshot/core'
import { solvePositive } from '@kshot/core/nn'
import {
  add,
  clipByValue,
  div,
  expandDims,
  eye,
  fill,
  matMul,
  mul,
  sigmoid,
  sqrt,
  squeeze,
  sub,
  type Tensor,
  type Tensor2D,
  tidy,
  transpose,
  zeros,
} from '@tensorflow/tfjs-core'

/** Steps that a bound on the curvature makes safe, from zero on; and Newton's, which then converge. */
const SAFE = 8
const NEWTON = 8

/**
 * One logistic regression a class against the rest: the coefficients a `[n, ways]` of the weights Zᵀ a that
 * minimise Σ_i log(1 + exp(−t_i f_i)) + λ/2 ‖w‖², f = K a, for a kernel matrix K = Z Zᵀ `[n, n]` and
 * one-hot labels `[n, ways]`.
 *
 * The optimum is found off the tape. Two Newton steps from there, which leave it where it is, are
 * on it: the first makes first derivatives those of the optimum, the second those to third order.
 * @example const logits = matMul(matMul(queries, z, false, true), logisticDuals(kernel, oneHot, scalar(1)))
 */
export function logisticDuals(kernel: Tensor2D, oneHot: Tensor2D, lambda: Tensor): Tensor2D {
  return tidy(() => {
    const targets = expandDims(transpose(oneHot), 2)
    const start = optimum(stopGradient(kernel), stopGradient(targets), stopGradient(lambda))
    let a = stopGradient(start)
    for (let i = 0; i < 2; i++) a = newton(a, kernel, targets, lambda)
    return transpose(squeeze(a, [2])) as Tensor2D
  })
}

/** `[ways, n, 1]` */
function optimum(kernel: Tensor2D, targets: Tensor, lambda: Tensor): Tensor {
  let a: Tensor = zeros(targets.shape)
  for (let i = 0; i < SAFE; i++)
    a = reweighted(a, kernel, targets, lambda, () => fill(targets.shape, 0.25))
  for (let i = 0; i < NEWTON; i++) a = newton(a, kernel, targets, lambda)
  return a
}

function newton(a: Tensor, kernel: Tensor2D, targets: Tensor, lambda: Tensor): Tensor {
  // Below that a logistic function is flat in float32.
  return reweighted(a, kernel, targets, lambda, (p) => clipByValue(mul(p, sub(1, p)), 1e-6, 1))
}

/**
 * Weighted least squares with the curvatures s: a = √s (√s K √s + λ)⁻¹ √s (f + (t − p) / s).
 * With s = ¼, the most that p (1 − p) can be, the loss never grows (Böhning & Lindsay 1988).
 */
function reweighted(
  a: Tensor,
  kernel: Tensor2D,
  targets: Tensor,
  lambda: Tensor,
  curvature: (p: Tensor) => Tensor,
): Tensor {
  const [_ways, n] = targets.shape as [number, number, number]
  const f = products(kernel, a)
  const p = sigmoid(f)
  const root = sqrt(curvature(p))
  const weighted = mul(mul(root, expandDims(kernel, 0)), transpose(root, [0, 2, 1]))
  const system = add(weighted, mul(lambda, expandDims(eye(n), 0)))
  const right = add(mul(root, f), div(sub(targets, p), root))
  return mul(root, solvePositive(system, right))
}

/** K a of each class. */
function products(kernel: Tensor2D, a: Tensor): Tensor {
  const [_ways, _n] = a.shape as [number, number, number]
  const columns = transpose(squeeze(a, [2])) as Tensor2D
  return expandDims(transpose(matMul(kernel, columns)), 2)
}
