import { backend_util, type TensorInfo, util } from '@tensorflow/tfjs-core'
import { outOfRange } from './bounds'
import type { Kernel, Kernels } from './kernel'

const { collectGatherOpShapeInfo } = backend_util.segment_util

/**
 * TensorFlow.js' own takes wrong rows where there are batches, and makes another shape where there is nothing to
 * gather from. Both are done here as rows of one tensor.
 */
const gather: Kernel = (native, stock) => (call) => {
  const { x, indices } = call.inputs as { x: TensorInfo; indices: TensorInfo }
  const { axis, batchDims = 0 } = call.attrs
  const size = util.sizeFromShape(x.shape)
  if (batchDims === 0 && size > 0) return stock(call)

  const along = util.parseAxisParam(axis, x.shape)[0]!
  const info = collectGatherOpShapeInfo(x, indices, along, batchDims)
  const { batchSize, outerSize, dimSize, sliceSize, outputShape } = info
  const values = native.backend.readSync(indices.dataId) as Int32Array
  const wrong = values.find((index) => index < 0 || index >= dimSize)
  if (wrong !== undefined) throw outOfRange([wrong], [dimSize])
  if (size === 0) return native.output(outputShape, x.dtype)

  const each = values.length / batchSize
  const rows = Int32Array.from({ length: batchSize * outerSize * each }, (_, i) => {
    const outer = Math.floor(i / each)
    return outer * dimSize + values[Math.floor(outer / outerSize) * each + (i % each)]!
  })
  const shape = [rows.length]
  const dataId = native.backend.write(rows, shape, 'int32')
  const from = { ...x, shape: [batchSize * outerSize * dimSize, sliceSize] }
  const inputs = { x: from, indices: { dataId, shape, dtype: 'int32' } }
  const gathered = stock({ inputs, attrs: { axis: 0, batchDims: 0 } })
  native.backend.disposeData(dataId)
  return { ...gathered, shape: outputShape }
}

export const gathers: Kernels = { GatherV2: gather }
