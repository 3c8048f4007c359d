import {
  GroupedConv2D,
  type GroupedConv2DAttrs,
  GroupedConv2DBackpropFilter,
  GroupedConv2DBackpropInput,
} from '@kshot/core/backend'
import { backend_util, type TensorInfo } from '@tensorflow/tfjs-core'
import type { ConvMethod } from './conv-direct'
import type { ConvInfo } from './conv-geometry'
import type { Call, Kernels } from './kernel'
import type { Native } from './native'

type Shape4D = [number, number, number, number]

/** Convolutions, plain and in groups, and their derivatives, by a method that is given the geometry. */
export function convolutions(methodFor: (info: ConvInfo) => ConvMethod): Kernels {
  const forward = (native: Native, { inputs, attrs }: Call) => {
    const { x, filter } = inputs as { x: TensorInfo; filter: TensorInfo }
    const info = infoOf(x.shape, filter.shape, attrs)
    return run(native, 'forward', methodFor, info, { x, filter, y: info.outShape })
  }
  const input = (native: Native, { inputs, attrs }: Call) => {
    const { dy, filter } = inputs as { dy: TensorInfo; filter: TensorInfo }
    const info = infoOf(attrs.inputShape, filter.shape, attrs)
    return run(native, 'input', methodFor, info, { x: info.inShape, filter, y: dy })
  }
  const filter = (native: Native, { inputs, attrs }: Call) => {
    const { x, dy } = inputs as { x: TensorInfo; dy: TensorInfo }
    const info = infoOf(x.shape, attrs.filterShape, attrs)
    return run(native, 'filter', methodFor, info, { x, filter: info.filterShape, y: dy })
  }
  return {
    Conv2D: (native, stock) => (call) => (isOurs(call) ? forward(native, call) : stock(call)),
    Conv2DBackpropInput: (native, stock) => (call) =>
      isOurs(call) ? input(native, call) : stock(call),
    Conv2DBackpropFilter: (native, stock) => (call) =>
      isOurs(call) ? filter(native, call) : stock(call),
    [GroupedConv2D]: (native) => (call) => forward(native, call),
    [GroupedConv2DBackpropInput]: (native) => (call) => input(native, call),
    [GroupedConv2DBackpropFilter]: (native) => (call) => filter(native, call),
  }
}

function isOurs({ inputs, attrs }: Call): boolean {
  const floats = Object.values(inputs as { [name: string]: TensorInfo }).every(
    (x) => x.dtype === 'float32',
  )
  return floats && (attrs.dataFormat ?? 'NHWC') === 'NHWC'
}

/** The geometry of one group. */
function infoOf(
  shape: readonly number[],
  filterShape: readonly number[],
  { strides, dilations = 1, pad, dimRoundingMode }: GroupedConv2DAttrs,
): ConvInfo {
  return backend_util.computeConv2DInfo(
    shape.slice(-4) as Shape4D,
    filterShape.slice(-4) as Shape4D,
    strides,
    dilations,
    pad,
    dimRoundingMode,
  )
}

interface Given {
  readonly x: TensorInfo | Shape4D
  readonly filter: TensorInfo | Shape4D
  readonly y: TensorInfo | Shape4D
}

/**
 * Runs a method for each group; the operand that is given as the shape of one group is the result. A
 * tensor whose first axis is 1 serves all groups.
 */
function run(
  native: Native,
  product: keyof ConvMethod,
  methodFor: (info: ConvInfo) => ConvMethod,
  info: ConvInfo,
  given: Given,
): TensorInfo {
  const leading = Object.values(given).flatMap(groupAxis)
  const groups = leading.reduce((a, b) => (a === 1 ? b : a), 1)
  const out = (shape: Shape4D) => native.output(leading.length > 0 ? [groups, ...shape] : shape)
  const tensorOf = (o: TensorInfo | Shape4D) => (Array.isArray(o) ? out(o) : o)
  const [x, filter, y] = [tensorOf(given.x), tensorOf(given.filter), tensorOf(given.y)]
  const method = methodFor(info)
  // with one filter for all, groups are nothing but more examples
  const together = product !== 'filter' && stepOf(filter) === 0
  const geometry = together ? { ...info, batchSize: info.batchSize * groups } : info
  for (let g = 0; g < (together ? 1 : groups); g++) {
    const place = (tensor: TensorInfo) => native.address(tensor) + g * stepOf(tensor)
    method[product](native, geometry, { x: place(x), filter: place(filter), y: place(y) })
  }
  return { forward: y, input: x, filter }[product]
}

const groupAxis = (o: TensorInfo | Shape4D) =>
  !Array.isArray(o) && o.shape.length === 5 ? [o.shape[0]!] : []

/** Bytes from one group to the next. */
function stepOf({ shape }: TensorInfo): number {
  if (shape.length < 5 || shape[0] === 1) return 0
  return shape.slice(1).reduce((a, b) => a * b, 4)
}
