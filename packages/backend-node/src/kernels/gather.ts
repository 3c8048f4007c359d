import { util } from '@tensorflow/tfjs-core'
import { type Kernels, meanwhile } from './kernel'

/** Indices out of range are an error, as in TensorFlow on a CPU. */
export const gathers: Kernels = {
  GatherV2: (backend, { inputs: { x, indices }, attrs: { axis, batchDims = 0 } }) => {
    const [along] = util.parseAxisParam(axis, x.shape)
    return backend.run('GatherV2', [x, indices, backend.ints(along!)], { batch_dims: batchDims })
  },
  GatherNd: (backend, { inputs: { params, indices } }) =>
    backend.run('GatherNd', [params, indices]),
  ScatterNd: (backend, { inputs: { indices, updates }, attrs: { shape } }) =>
    backend.run('ScatterNd', [indices, updates, backend.ints(shape)]),
  TensorScatterUpdate: (backend, { inputs: { tensor, indices, updates } }) =>
    backend.run('TensorScatterUpdate', [tensor, indices, updates]),
  SparseToDense: (backend, { inputs, attrs: { outputShape } }) => {
    const { sparseIndices, sparseValues, defaultValue } = inputs
    return meanwhile(backend, (keep) => {
      const fallback = defaultValue ?? keep(backend.run('ZerosLike', [sparseValues]))
      const operands = [sparseIndices, backend.ints(outputShape), sparseValues, fallback]
      return backend.run('SparseToDense', operands, { validate_indices: true })
    })
  },
  UnsortedSegmentSum: (backend, { inputs: { x, segmentIds }, attrs: { numSegments } }) =>
    backend.run('UnsortedSegmentSum', [x, segmentIds, backend.ints(numSegments)]),
  Bincount: (backend, { inputs: { x, weights }, attrs: { size } }) =>
    backend.run('Bincount', [x, backend.ints(size), weights]),
  DenseBincount: (backend, { inputs: { x, weights }, attrs: { size, binaryOutput } }) =>
    backend.run('DenseBincount', [x, backend.ints(size), weights], { binary_output: binaryOutput }),
}
