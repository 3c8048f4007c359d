import { backend_util, type TensorInfo, util } from '@tensorflow/tfjs-core'
import { type Call, each, type Kernel, type Kernels } from './kernel'

const NEUTRAL: { readonly [reduction: string]: number } = {
  Sum: 0,
  Mean: 0,
  Prod: 1,
  Any: 0,
  All: 1,
  Max: Number.NEGATIVE_INFINITY,
  Min: Number.POSITIVE_INFINITY,
}

/**
 * What comes of nothing: sums over no numbers, products of matrices that have nothing between them.
 * A GPU cannot bind memory of no bytes.
 */
export const empties: Kernels = {
  ...each(Object.keys(NEUTRAL), (name) => ofNothing(NEUTRAL[name]!, reducedShape)),
  BatchMatMul: ofNothing(0, productShape),
}

function ofNothing(value: number, shapeOf: (call: Call) => number[]): Kernel {
  return (call, stock) => {
    const inputs = Object.values(call.inputs) as TensorInfo[]
    if (!inputs.some((x) => x && util.sizeFromShape(x.shape) === 0)) return stock(call)
    const { dtype } = inputs[0]!
    const shape = shapeOf(call)
    const values = util.getTypedArrayFromDType(dtype as 'float32', util.sizeFromShape(shape))
    return call.backend.makeTensorInfo(shape, dtype, values.fill(value))
  }
}

/** What is left of the axes of x. */
export function reducedShape({ inputs: { x }, attrs }: Call): number[] {
  // Max has them under another name
  const axes = util.parseAxisParam(attrs.axis ?? attrs.reductionIndices, x.shape)
  const [reduced] = backend_util.computeOutAndReduceShapes(x.shape, axes)
  return attrs.keepDims ? backend_util.expandShapeToKeepDim(reduced, axes) : reduced
}

function productShape({ inputs: { a, b }, attrs }: Call): number[] {
  const batch = a.shape.slice(0, -2).map((n: number, i: number) => Math.max(n, b.shape[i] ?? 1))
  const [rows, columns] = [attrs.transposeA ? -1 : -2, attrs.transposeB ? -2 : -1]
  return [...batch, a.shape.at(rows), b.shape.at(columns)]
}
