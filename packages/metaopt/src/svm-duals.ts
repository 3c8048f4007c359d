// Lee, Maji, Ravichandran & Soatto 2019, Meta-Learning with Differentiable Convex Optimization, arXiv:1904.03758.
import { stopGradient } from '@kshot/core'
import { BoundedQuadratic } from '@kshot/core/backend'
import { solvePositive } from '@kshot/core/nn'
import {
  abs,
  add,
  cast,
  concat,
  div,
  engine,
  expandDims,
  eye,
  fill,
  getBackend,
  getKernel,
  greater,
  less,
  lessEqual,
  matMul,
  max,
  maximum,
  mean,
  min,
  minimum,
  mul,
  neg,
  notEqual,
  onesLike,
  slice,
  squeeze,
  sub,
  sum,
  type Tensor,
  type Tensor2D,
  tidy,
  tile,
  transpose,
  where,
} from '@tensorflow/tfjs-core'

/** Interior-point steps: the duality gap falls by about four in each, and then stays at its least. */
const STEPS = 18
/** Least slack · multiplier, in C: below, float32 can't tell a positive number from rounding. */
const LEAST = 1e-6
/** Corrections of what the last point says about bounds. */
const CORRECTIONS = 5
/** Of a bound (in C) or of a multiplier: less is rounding. */
const TOLERANCE = 1e-5
/** What is left of the gap in a step, were the problem linear. */
const CENTRING = 0.1
/** Of the way to the nearest bound. */
const SAFETY = 0.99

/**
 * The multi-class SVM of Crammer & Singer 2001 in its dual form (eq. 5): the coefficients α `[n, ways]` of the
 * weights Zᵀ α that minimise
 *
 * ½ Σ_k α_kᵀ K α_k − Σ_i α_{i,y_i}   subject to   α_ik ≤ C [k = y_i],   Σ_k α_ik = 0
 *
 * for a kernel matrix K = Z Zᵀ + ρ I `[n, n]` and one-hot labels `[n, ways]`. Without the ridge ρ, examples that
 * depend on one another leave α undetermined, and its derivatives with it; the authors' code has ρ = 1.
 *
 * An interior-point method, off the tape, says which bounds are met. With those fixed the optimum is
 * the solution of linear equations, which are solved on the tape: exact, with the derivatives of the
 * optimum to any order.
 * @throws `core/not-positive` where the equations of a step are not positive definite
 * @example const logits = matMul(matMul(queries, z, false, true), svmDuals(kernel, oneHot, 0.1))
 */
export function svmDuals(kernel: Tensor2D, oneHot: Tensor2D, c: number): Tensor2D {
  return tidy(() => {
    const labels = expandDims(transpose(oneHot), 2)
    const found = hasKernel()
      ? byKernel(stopGradient(kernel), stopGradient(oneHot), c)
      : optimum(stopGradient(kernel), stopGradient(labels), c)
    const [free, near] = [stopGradient(found.free), stopGradient(found.near)]
    const change = changeAtBounds(kernel, labels, free, near)
    // In doubles the optimum is as near as float32 can say: the change is rounding, and only its derivatives count.
    const alpha = add(near, hasKernel() ? sub(change, stopGradient(change)) : change)
    return transpose(squeeze(alpha, [2])) as Tensor2D
  })
}

const hasKernel = () => getKernel(BoundedQuadratic, getBackend()) !== undefined

function byKernel(matrix: Tensor2D, oneHot: Tensor2D, c: number): Found {
  const linear = transpose(oneHot)
  const upper = mul(linear, c)
  const near = engine().runKernel(BoundedQuadratic, { matrix, linear, upper }) as Tensor
  return {
    free: expandDims(cast(notEqual(near, upper), 'float32'), 2),
    near: expandDims(near, 2),
  }
}

/** What is known of the optimum before it is differentiated, `[ways, n, 1]` each. */
interface Found {
  /** 1 for entries below their bound, else 0. */
  readonly free: Tensor
  /** α as far as the rounding of one solution goes; what isn't free is at its bound. */
  readonly near: Tensor
}

function optimum(kernel: Tensor2D, labels: Tensor, c: number): Found {
  const bounds = mul(labels, c)
  let point = start(kernel, labels, c)
  for (let i = 0; i < STEPS; i++) point = step(kernel, point, c)
  // Of slack and multiplier, one is nearly zero; the slack is measured in C.
  let free: Tensor = cast(greater(div(point.slack, c), point.multiplier), 'float32')
  let near = mul(sub(1, free), bounds)
  for (let i = 0; i < CORRECTIONS; i++) {
    const alpha = atBounds(kernel, labels, free, near)
    free = corrected(kernel, labels, c, { free, near: alpha })
    near = where(greater(free, 0), alpha, bounds)
  }
  return { free, near }
}

/** Entries that went past their bound meet it; those whose multiplier became negative leave it. */
function corrected(
  kernel: Tensor2D,
  labels: Tensor,
  c: number,
  { free, near: alpha }: Found,
): Tensor {
  const bounds = mul(labels, c)
  const gradient = sub(perClass(kernel, alpha), labels)
  // −ν is the gradient of the free entries of an example, all of which are equal.
  const level = div(sum(mul(free, gradient), 0, true), maximum(sum(free, 0, true), 1))
  const isWithin = lessEqual(alpha, add(bounds, TOLERANCE * c))
  const pulls = less(sub(level, gradient), -TOLERANCE)
  const stays = mul(free, cast(isWithin, 'float32'))
  return add(stays, mul(sub(1, free), cast(pulls, 'float32')))
}

/** A point of the interior: α is not kept, since slack = bound − α. */
interface Point {
  /** How far α is below its bound, `[ways, n, 1]`, positive. */
  readonly slack: Tensor
  /** Of the bounds, `[ways, n, 1]`, positive. */
  readonly multiplier: Tensor
}

/** α = −δ, and (ways − 1) δ for the label: inside of all bounds, with rows that sum to zero. */
function start(kernel: Tensor2D, labels: Tensor, c: number): Point {
  const ways = labels.shape[0]!
  const delta = c / (2 * ways)
  const alpha = sub(mul(labels, ways * delta), delta)
  const gradient = sub(perClass(kernel, alpha), labels)
  const largest = max(gradient, 0, true)
  return { slack: sub(mul(labels, c), alpha), multiplier: add(sub(largest, gradient), 1) }
}

/**
 * A step of Newton towards slack · multiplier = μ:
 * (K + D) dα_k = r_k − dν with D = multiplier / slack, r = multiplier − μ / slack, Σ_k dα_k = 0.
 */
function step(kernel: Tensor2D, { slack, multiplier }: Point, c: number): Point {
  const mu = maximum(mul(mean(mul(slack, multiplier)), CENTRING), LEAST * c)
  const ratio = div(multiplier, slack)
  const right = sub(multiplier, div(mu, slack))
  const change = constrained(systems(kernel, ratio), right, undefined)
  const multiplierChange = add(sub(div(mu, slack), multiplier), mul(ratio, change))
  const length = mul(minimum(room(slack, neg(change)), room(multiplier, multiplierChange)), SAFETY)
  const taken = minimum(length, onesLike(length))
  return {
    slack: sub(slack, mul(taken, change)),
    multiplier: add(multiplier, mul(taken, multiplierChange)),
  }
}

/** The longest step that keeps all entries from becoming negative. */
function room(value: Tensor, change: Tensor): Tensor {
  const never = fill(value.shape, 1e9)
  return min(where(less(change, 0), div(value, abs(change)), never))
}

/** K + diag(D_k) of each class, `[ways, n, n]`. */
function systems(kernel: Tensor2D, diagonal: Tensor): Tensor {
  return add(expandDims(kernel, 0), mul(diagonal, expandDims(eye(kernel.shape[0]), 0)))
}

/**
 * The x `[ways, n, 1]` with H_k x_k = r_k − ν where ν `[n, 1]` makes Σ_k x_k = `total` (zero, if none is given).
 * With `free`, ν counts in free entries alone.
 */
function constrained(h: Tensor, right: Tensor, total: Tensor | undefined, free?: Tensor): Tensor {
  const [ways, n] = right.shape as [number, number, number]
  const selected = free
    ? mul(free, expandDims(eye(n), 0))
    : tile(expandDims(eye(n), 0), [ways, 1, 1])
  const solved = solvePositive(h, concat([right, selected], 2))
  const x = slice(solved, [0, 0, 0], [ways, n, 1])
  const response = slice(solved, [0, 0, 1], [ways, n, n])
  const counted = free ? mul(free, response) : response
  const excess = sum(free ? mul(free, x) : x, 0)
  const nu = solvePositive(sum(counted, 0), (total ? sub(excess, total) : excess) as Tensor2D)
  return sub(x, perClassOf(response, nu))
}

/**
 * The optimum where it is known which entries are free: rows of the others become rows of the identity. The
 * equations are linear, so that `near` changes neither the solution nor its derivatives; what is solved for is how
 * far it is from there, and the rounding is that of the residual.
 */
function atBounds(kernel: Tensor2D, labels: Tensor, free: Tensor, near: Tensor): Tensor {
  return add(near, changeAtBounds(kernel, labels, free, near))
}

function changeAtBounds(kernel: Tensor2D, labels: Tensor, free: Tensor, near: Tensor): Tensor {
  const identity = expandDims(eye(kernel.shape[0]), 0)
  const residual = mul(free, sub(labels, perClass(kernel, near)))
  const among = mul(mul(free, expandDims(kernel, 0)), transpose(free, [0, 2, 1]))
  const h = add(among, mul(sub(1, free), identity))
  return mul(free, constrained(h, residual, neg(sum(near, 0)), free))
}

/** K x_k of each class: `[n, n]` and `[ways, n, 1]`. */
function perClass(kernel: Tensor2D, x: Tensor): Tensor {
  const columns = transpose(squeeze(x, [2])) as Tensor2D
  return expandDims(transpose(matMul(kernel, columns)), 2)
}

/** M_k v of each class: `[ways, n, n]` and `[n, 1]`. */
function perClassOf(matrices: Tensor, v: Tensor): Tensor {
  const [ways, _n] = matrices.shape as [number, number, number]
  return matMul(matrices, tile(expandDims(v, 0), [ways, 1, 1]))
}
