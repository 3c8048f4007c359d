import {
  add,
  div,
  engine,
  eye,
  getBackend,
  getKernel,
  matMul,
  mul,
  reshape,
  rsqrt,
  slice,
  sub,
  sum,
  type Tensor,
  tidy,
  transpose,
} from '@tensorflow/tfjs-core'
import { offTape } from '../autodiff/gradients/gradient'
import { KshotError } from '../errors'
import { SolvePositive } from '../kernels'

/**
 * The solution x of a x = b for symmetric positive definite matrices, by Cholesky decomposition:
 * a `[...batch, n, n]`, b `[...batch, n, m]` to `[...batch, n, m]`.
 *
 * Derivatives are those of the solution, not of a solver's steps, to any order:
 * ∂L/∂b = a⁻¹ ∂L/∂x, ∂L/∂a = −(∂L/∂b) xᵀ. Where the backend has no kernel for it, the inverse is
 * computed off the tape, and two Newton steps (Schulz 1933) from there are differentiated:
 * right to third order.
 * @throws `core/bad-matrix` for shapes that don't fit; `core/not-positive` from the kernel
 * @example const weights = solvePositive(add(matMul(z, z, true), mul(lambda, eye(d))), matMul(z, y, true))
 */
export function solvePositive<T extends Tensor>(a: Tensor, b: T): T {
  checkShapes(a, b)
  if (getKernel(SolvePositive, getBackend())) {
    return engine().runKernel(SolvePositive, { a, b }) as T
  }
  return tidy(() => {
    // With ones on the diagonal, or elimination would subtract large numbers to get small ones.
    const scales = offTape(() => rsqrt(sum(mul(a, eye(a.shape.at(-1)!)), -1, true)))
    const scaled = mul(mul(scales, a), transposed(scales))
    return mul(scales, matMul(inverse(scaled), mul(scales, b))) as T
  })
}

/** `[...batch, n, 1]` to `[...batch, 1, n]`. */
const transposed = (column: Tensor) =>
  reshape(column, [...column.shape.slice(0, -2), 1, column.shape.at(-2)!])

function inverse(a: Tensor): Tensor {
  // A constant near the inverse: each step that is differentiated doubles the order of right derivatives.
  let s = offTape(() => eliminated(a))
  for (let i = 0; i < 2; i++) s = newton(s, a)
  return s
}

/** S ← S (2 − a S). */
function newton(s: Tensor, a: Tensor): Tensor {
  return sub(mul(s, 2), matMul(matMul(s, a), s))
}

/**
 * The inverse by Gauss and Jordan, one pivot p after the other: a ← a − (column − e)(row + e) / p, e the
 * unit vector of the pivot. Positive definite matrices need no exchange of rows.
 */
function eliminated(a: Tensor): Tensor {
  const n = a.shape.at(-1)!
  const batch = a.shape.slice(0, -2)
  const whole = batch.map(() => 0)
  const identity = eye(n)
  let left = a
  for (let k = 0; k < n; k++) {
    const unit = slice(identity, [k, 0], [1, n])
    const column = slice(left, [...whole, 0, k], [...batch, n, 1])
    const row = slice(left, [...whole, k, 0], [...batch, 1, n])
    const pivot = slice(column, [...whole, k, 0], [...batch, 1, 1])
    left = sub(left, mul(div(sub(column, transpose(unit)), pivot), add(row, unit)))
  }
  return left
}

function checkShapes(a: Tensor, b: Tensor): void {
  const [n, columns] = a.shape.slice(-2)
  const batch = a.shape.slice(0, -2).join()
  const fits = a.rank >= 2 && n === columns && b.rank === a.rank && b.shape.at(-2) === n
  if (fits && b.shape.slice(0, -2).join() === batch) return
  throw new KshotError('core/bad-matrix', {
    got: `a of shape [${a.shape.join(', ')}] and b of shape [${b.shape.join(', ')}]`,
    expected: 'a [...batch, n, n] and b [...batch, n, m]',
    remedy: 'Reshape them; a single vector is [n, 1]',
  })
}
