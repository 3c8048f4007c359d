import {
  BoundedQuadratic,
  notPositive,
  SolvePositive,
  solveBoundedQuadratic,
} from '@kshot/core/backend'
import { type TensorInfo, util } from '@tensorflow/tfjs-core'
import type { Kernels } from './kernel'

/** Linear equations and quadratic programs, by Cholesky's decomposition in doubles. */
export const solutions: Kernels = {
  [SolvePositive]: (native) => (call) => {
    const { a, b } = call.inputs as { readonly a: TensorInfo; readonly b: TensorInfo }
    const [n, m] = b.shape.slice(-2) as [number, number]
    const batch = util.sizeFromShape(b.shape.slice(0, -2))
    const x = native.output(b.shape)
    const pivot = native.output([1])
    const scratch = native.scratch(8 * (n * n + n * m))
    const failed = native.call.solvePositive(
      batch,
      n,
      m,
      native.address(a),
      native.address(b),
      native.address(x),
      scratch,
      native.address(pivot),
    )
    const value = failed && (native.backend.readSync(pivot.dataId) as Float32Array)[0]!
    native.backend.disposeData(pivot.dataId)
    if (failed === 0) return x
    native.backend.disposeData(x.dataId)
    const place = failed - 1
    throw notPositive({ matrix: Math.floor(place / n), row: place % n, n, pivot: value })
  },

  [BoundedQuadratic]:
    ({ backend }) =>
    ({ inputs }) =>
      solveBoundedQuadratic({ inputs, backend }) as TensorInfo,
}
