import { matMul, type Tensor } from '@tensorflow/tfjs-core'
import type { Gradients } from './gradient'
import { sumTo } from './sum-to'

interface MatMulAttributes {
  readonly transposeA: boolean
  readonly transposeB: boolean
}

/** C = A B, with either side transposed; batched, with batches broadcast. */
export const matmul: Gradients = {
  BatchMatMul: {
    saves: ['a', 'b'],
    gradient: (dy, [a, b]: [Tensor, Tensor], { transposeA, transposeB }: MatMulAttributes) => ({
      // A: dy Bᵀ, or its transpose B dyᵀ; likewise B
      a: () =>
        sumTo(
          transposeA ? matMul(b, dy, transposeB, true) : matMul(dy, b, false, !transposeB),
          a.shape,
        ),
      b: () =>
        sumTo(
          transposeB ? matMul(dy, a, true, transposeA) : matMul(a, dy, !transposeA, false),
          b.shape,
        ),
    }),
  },
}
