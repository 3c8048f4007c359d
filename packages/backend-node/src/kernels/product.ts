import {
  BoundedQuadratic,
  SolvePositive,
  solveBoundedQuadratic,
  solveByCholesky,
} from '@kshot/core/backend'
import type { TensorInfo } from '@tensorflow/tfjs-core'
import type { Kernels } from './kernel'

export const products: Kernels = {
  BatchMatMul: (backend, { inputs: { a, b }, attrs: { transposeA = false, transposeB = false } }) =>
    backend.run('BatchMatMulV2', [a, b], { adj_x: transposeA, adj_y: transposeB }),
  Einsum: (backend, { inputs, attrs: { equation } }) => {
    const list = Object.values(inputs) as TensorInfo[]
    return backend.run('Einsum', list, { equation, N: list.length, T: { dtype: list[0]!.dtype } })
  },
  // Where each operation is a call into the library, n³ numbers are sooner done in JavaScript.
  [SolvePositive]: (backend, { inputs }) => solveByCholesky({ inputs, backend }) as TensorInfo,
  [BoundedQuadratic]: (backend, { inputs }) =>
    solveBoundedQuadratic({ inputs, backend }) as TensorInfo,
}
