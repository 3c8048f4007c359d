// Bertinetto, Henriques, Torr & Vedaldi 2019, Meta-learning with Differentiable Closed-form Solvers, arXiv:1805.08136.
import { solvePositive } from '@kshot/core/nn'
import { add, eye, matMul, mul, type Tensor, type Tensor2D, tidy } from '@tensorflow/tfjs-core'

/**
 * The weights W `[d, ways]` that minimise ‖Z W − Y‖² + λ ‖W‖² (eq. 3), for embeddings Z `[n, d]` and
 * targets Y `[n, ways]`, by the smaller of two systems of equations (eq. 4, Woodbury):
 *
 * W = Zᵀ (Z Zᵀ + λ I)⁻¹ Y where n ≤ d, else (Zᵀ Z + λ I)⁻¹ Zᵀ Y.
 * @throws `core/not-positive` for a λ that is not positive, where embeddings depend on one another
 * @example const weights = ridgeWeights(embeddings, oneHot, scalar(50))
 */
export function ridgeWeights(z: Tensor2D, y: Tensor2D, lambda: Tensor): Tensor2D {
  return tidy(() => weights(z, y, lambda))
}

function weights(z: Tensor2D, y: Tensor2D, lambda: Tensor): Tensor2D {
  const [n, d] = z.shape
  if (n <= d) {
    const gram = add(matMul(z, z, false, true), mul(lambda, eye(n)))
    return matMul(z, solvePositive(gram, y), true)
  }
  return solvePositive(add(matMul(z, z, true), mul(lambda, eye(d))), matMul(z, y, true) as Tensor2D)
}
