import { KshotError } from '@kshot/core'
import type { TensorInfo } from '@tensorflow/tfjs-core'
import type { Call, Kernel, Kernels } from './kernel'

interface Bounds {
  readonly indices: TensorInfo
  /** Of the tensor that is indexed. */
  readonly shape: readonly number[]
  /** How many numbers are one index. */
  readonly depth?: number
}

/**
 * TensorFlow.js' own kernels for these read and write wherever an index says; here an index out of range is
 * an error, as on other backends.
 */
export const bounded: Kernels = {
  GatherNd: checked(({ inputs: { params, indices } }) => ({ indices, shape: params.shape })),
  ScatterNd: checked(({ inputs: { indices }, attrs: { shape } }) => ({ indices, shape })),
  TensorScatterUpdate: checked(({ inputs: { tensor, indices } }) => ({
    indices,
    shape: tensor.shape,
  })),
  // a list is one of single numbers here, and not one index
  SparseToDense: checked(({ inputs: { sparseIndices }, attrs: { outputShape } }) => ({
    indices: sparseIndices,
    shape: outputShape,
    ...(sparseIndices.shape.length < 2 && { depth: 1 }),
  })),
}

function checked(boundsOf: (call: Call) => Bounds): Kernel {
  return ({ backend }, stock) =>
    (call) => {
      const { indices, shape, depth = indices.shape.at(-1)! } = boundsOf(call)
      const values = backend.readSync(indices.dataId) as Int32Array
      const wrong = values.findIndex((value, i) => value < 0 || value >= shape[i % depth]!)
      if (wrong < 0) return stock(call)
      const start = wrong - (wrong % depth)
      throw outOfRange(values.subarray(start, start + depth), shape)
    }
}

export function outOfRange(index: ArrayLike<number>, shape: readonly number[]): KshotError {
  return new KshotError('wasm/index-out-of-range', {
    got: `the index [${Array.from(index).join(', ')}]`,
    expected: `an index into [${shape.join(', ')}]`,
    remedy: 'Check the indices passed to gather, gatherND, scatterND and similar operations',
  })
}
