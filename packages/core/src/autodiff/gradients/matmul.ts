import { matMul, type Tensor, transpose } from '@tensorflow/tfjs-core'
import { sumTo } from '../broadcast'
import { isStockWasm } from '../kernels'
import { type Gradients, rule } from './gradient'

export const products: Gradients = {
  BatchMatMul: rule(['a', 'b'], (dy: Tensor, saved, { transposeA, transposeB }) => {
    const [a, b] = saved as [Tensor, Tensor]
    return {
      a: () =>
        sumTo(
          transposeA ? product(b, dy, transposeB, true) : product(dy, b, false, !transposeB),
          a.shape,
        ),
      b: () =>
        sumTo(
          transposeB ? product(dy, a, true, transposeA) : product(a, dy, !transposeA, false),
          b.shape,
        ),
    }
  }),
}

// Stock wasm multiplies plain matrices ten times faster than transposed ones: transpose first.
function product(a: Tensor, b: Tensor, transposeA: boolean, transposeB: boolean): Tensor {
  const plain = a.rank === 2 && b.rank === 2
  if (!plain || !isStockWasm('BatchMatMul')) return matMul(a, b, transposeA, transposeB)
  return matMul(transposeA ? transpose(a) : a, transposeB ? transpose(b) : b)
}
