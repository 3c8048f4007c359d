import { matMul, neg, type Tensor } from '@tensorflow/tfjs-core'
import { SolvePositive } from '../../kernels'
import { solvePositive } from '../../linalg/solve-positive'
import { type Gradients, rule } from './gradient'

/** Of the solution of a x = b: a⁻¹ dx in b, −(a⁻¹ dx) xᵀ in a, with x solved for again so that it has derivatives. */
export const solutions: Gradients = {
  [SolvePositive]: rule(['a', 'b'], (dx: Tensor, saved) => {
    const [a, b] = saved as [Tensor, Tensor]
    return {
      a: () => neg(matMul(solvePositive(a, dx), solvePositive(a, b), false, true)),
      b: () => solvePositive(a, dx),
    }
  }),
}
