import { type backend_util, type TensorInfo, util } from '@tensorflow/tfjs-core'
import type { NativeBackend } from '../native-backend'
import { meanwhile } from './kernel'

type Info = backend_util.Conv2DInfo

// Convolutions `[groups, n, h, w, c]` with filters `[groups, kh, kw, c, o]` as products of matrices, one a group:
// rows are the windows of images. An operation costs some 30 to 80 µs, one for each group and of small images more
// than its arithmetic; the products of all groups are one operation.

export function conv2dByPatches(
  backend: NativeBackend,
  x: TensorInfo,
  filter: TensorInfo,
  info: Info,
): TensorInfo {
  return meanwhile(backend, (keep) => {
    const rows = keep(patches(backend, x, info))
    const y = product(backend, rows, asMatrix(filter, info), {})
    return { ...y, shape: [y.shape[0]!, ...resultOf(info)] }
  })
}

export function backpropInputByPatches(
  backend: NativeBackend,
  dy: TensorInfo,
  filter: TensorInfo,
  info: Info,
): TensorInfo {
  return meanwhile(backend, (keep) => {
    const rows = keep(product(backend, asRows(dy, info), asMatrix(filter, info), { adj_y: true }))
    const groups = rows.shape[0]!
    return backend.runPatches(true, windows(info, groups), rows, [groups, ...info.inShape])
  })
}

export function backpropFilterByPatches(
  backend: NativeBackend,
  x: TensorInfo,
  dy: TensorInfo,
  info: Info,
): TensorInfo {
  return meanwhile(backend, (keep) => {
    const rows = keep(patches(backend, x, info))
    const filter = product(backend, rows, asRows(dy, info), { adj_x: true })
    return { ...filter, shape: [filter.shape[0]!, ...info.filterShape] }
  })
}

/** `[groups, n · h · w, kh · kw · c]`. */
function patches(backend: NativeBackend, x: TensorInfo, info: Info): TensorInfo {
  const groups = x.shape[0]!
  const shape = [groups, placesOf(info), windowOf(info)]
  return backend.runPatches(false, windows(info, groups), x, shape)
}

function product(
  backend: NativeBackend,
  a: TensorInfo,
  b: TensorInfo,
  { adj_x = false, adj_y = false },
): TensorInfo {
  return backend.run('BatchMatMulV2', [a, b], { adj_x, adj_y })
}

/** A filter as a matrix of a group, and the result as one. */
const asMatrix = (filter: TensorInfo, info: Info): TensorInfo => ({
  ...filter,
  shape: [filter.shape[0]!, windowOf(info), info.outChannels],
})
const asRows = (y: TensorInfo, info: Info): TensorInfo => ({
  ...y,
  shape: [y.shape[0]!, placesOf(info), info.outChannels],
})

const placesOf = ({ batchSize, outHeight, outWidth }: Info) => batchSize * outHeight * outWidth
const windowOf = ({ filterShape }: Info) => util.sizeFromShape(filterShape.slice(0, 3))
const resultOf = ({ batchSize, outHeight, outWidth, outChannels }: Info) => [
  batchSize,
  outHeight,
  outWidth,
  outChannels,
]

function windows(info: Info, groups: number): number[] {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, padInfo } = info
  return [
    groups * batchSize,
    inHeight,
    inWidth,
    inChannels,
    outHeight,
    outWidth,
    info.filterHeight,
    info.filterWidth,
    info.strideHeight,
    info.strideWidth,
    padInfo.top,
    padInfo.left,
  ]
}
