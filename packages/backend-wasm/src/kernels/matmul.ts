import { broadcast_util, type TensorInfo, util } from '@tensorflow/tfjs-core'
import type { Kernels } from './kernel'
import type { Native } from './native'

/** Matrix products of any rank; a batch of 1 on either side is used for all of the other's. */
export const products: Kernels = {
  BatchMatMul: (native, stock) => (call) => {
    const { a, b } = call.inputs as { a: TensorInfo; b: TensorInfo }
    if (a.dtype !== 'float32' || b.dtype !== 'float32') return stock(call)
    const { transposeA = false, transposeB = false } = call.attrs
    return product(native, a, b, transposeA, transposeB)
  },
}

function product(native: Native, a: TensorInfo, b: TensorInfo, ta: boolean, tb: boolean) {
  const batchA = a.shape.slice(0, -2)
  const batchB = b.shape.slice(0, -2)
  const batch = broadcast_util.assertAndGetBroadcastShape(batchA, batchB)
  const [m, k] = swapped(a.shape.slice(-2), ta)
  const [inner, n] = swapped(b.shape.slice(-2), tb)
  util.assert(k === inner, () => `Error in matMul: inner shapes ${k} and ${inner} must match`)
  const out = native.output([...batch, m, n])
  const count = util.sizeFromShape(batch)
  const offsetsA = offsets(batchA, batch, m * k * 4)
  const offsetsB = offsets(batchB, batch, k * n * 4)
  const [atA, atB, at] = [native.address(a), native.address(b), native.address(out)]
  const room = native.scratch(native.call.gemmScratch(n, k))
  const runs = (times: number, rows: number, i: number, nextA: number, nextB: number) =>
    native.call.gemm(
      times,
      rows,
      n,
      k,
      atA + offsetsA(i),
      nextA,
      ta,
      atB + offsetsB(i),
      nextB,
      tb,
      at + i * m * n * 4,
      room,
    )
  const [sizeA, sizeB] = [util.sizeFromShape(batchA), util.sizeFromShape(batchB)]
  // one B for all: the rows of all A are rows of one matrix
  if (sizeB === 1 && !ta && sizeA === count) runs(1, count * m, 0, 0, 0)
  else if ([1, count].includes(sizeA) && [1, count].includes(sizeB)) {
    runs(count, m, 0, sizeA === 1 ? 0 : m * k * 4, sizeB === 1 ? 0 : k * n * 4)
  } else for (let i = 0; i < count; i++) runs(1, m, i, 0, 0)
  return out
}

const swapped = ([rows, columns]: number[], transposed: boolean) =>
  (transposed ? [columns, rows] : [rows, columns]) as [number, number]

/** Where the matrix of a batch's entry i lies when `from` is broadcast to `to`. */
function offsets(from: readonly number[], to: readonly number[], bytes: number) {
  const shape = [...Array(to.length - from.length).fill(1), ...from]
  return (i: number) => {
    let [offset, stride, rest] = [0, bytes, i]
    for (let axis = to.length - 1; axis >= 0; axis--) {
      const place = rest % to[axis]!
      rest = (rest - place) / to[axis]!
      if (shape[axis] !== 1) offset += place * stride
      stride *= shape[axis]
    }
    return offset
  }
}
