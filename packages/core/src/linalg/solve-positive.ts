import {
  abs,
  div,
  engine,
  eye,
  getBackend,
  getKernel,
  matMul,
  max,
  mul,
  sub,
  sum,
  type Tensor,
  tidy,
} from '@tensorflow/tfjs-core'
import { offTape } from '../autodiff/gradients/gradient'
import { KshotError } from '../errors'
import { SolvePositive } from '../kernels'

/**
 * The solution x of a x = b for symmetric, positive definite matrices, by Cholesky's decomposition:
 * a `[...batch, n, n]`, b `[...batch, n, m]` to `[...batch, n, m]`.
 *
 * Derivatives are those of the solution, and not of the steps of a solver, to any order:
 * ∂L/∂b = a⁻¹ ∂L/∂x, ∂L/∂a = −(∂L/∂b) xᵀ. Where the backend has no kernel for it, the inverse comes from
 * Newton's iteration (Schulz 1933), of which the last two steps are differentiated: right to third order,
 * and as exact as float32 is for condition numbers up to 10⁵.
 * @throws `core/bad-matrix` for shapes that don't fit; `core/not-positive` from the kernel
 * @example const weights = solvePositive(add(matMul(z, z, true), mul(lambda, eye(d))), matMul(z, y, true))
 */
export function solvePositive<T extends Tensor>(a: Tensor, b: T): T {
  checkShapes(a, b)
  if (getKernel(SolvePositive, getBackend())) {
    return engine().runKernel(SolvePositive, { a, b }) as T
  }
  return tidy(() => matMul(inverse(a), b) as T)
}

/** Steps that Newton's iteration takes at a condition number of 10⁵, and some more. */
const STEPS = 26

function inverse(a: Tensor): Tensor {
  // A constant near the inverse: each step that is differentiated doubles the order of right derivatives.
  const start = offTape(() => {
    const largest = max(sum(abs(a), -1, true), -2, true)
    return repeated(div(eye(a.shape.at(-1)!), largest), a, STEPS)
  })
  return repeated(start, a, 2)
}

/** S ← S (2 − a S). */
function repeated(start: Tensor, a: Tensor, steps: number): Tensor {
  let s = start
  for (let i = 0; i < steps; i++) s = sub(mul(s, 2), matMul(matMul(s, a), s))
  return s
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
