import { backend_util, type TensorInfo } from '@tensorflow/tfjs-core'
import type { Attrs } from '../attributes'
import type { NativeBackend } from '../native-backend'
import { type Call, type Kernel, type Kernels, meanwhile, pairs } from './kernel'

type Shape4D = [number, number, number, number]
type Info = backend_util.Conv2DInfo

/** Convolutions of images, channels last or first, and their derivatives. */
export const convolutions: Kernels = {
  Conv2D: channelsLast((backend, { inputs: { x, filter }, attrs }) =>
    backend.run('Conv2D', [x, filter], attrsOf(geometry(x.shape, filter.shape, attrs))),
  ),
  Conv2DBackpropInput: channelsLast((backend, { inputs: { dy, filter }, attrs }) => {
    const info = geometry(attrs.inputShape, filter.shape, attrs)
    const sizes = backend.ints(attrs.inputShape)
    return backend.run('Conv2DBackpropInput', [sizes, filter, dy], attrsOf(info))
  }),
  Conv2DBackpropFilter: channelsLast((backend, { inputs: { x, dy }, attrs }) => {
    const info = geometry(x.shape, attrs.filterShape, attrs)
    const sizes = backend.ints(attrs.filterShape)
    return backend.run('Conv2DBackpropFilter', [x, sizes, dy], attrsOf(info))
  }),
  DepthwiseConv2dNative: (backend, { inputs: { x, filter }, attrs }) => {
    const info = geometry(x.shape, filter.shape, attrs, true)
    const { dilationHeight, dilationWidth } = info
    if (dilationHeight === 1 && dilationWidth === 1) {
      return backend.run('DepthwiseConv2dNative', [x, filter], attrsOf(info))
    }
    const undilated = { ...attrsOf(info), dilations: [1, 1, 1, 1] }
    return meanwhile(backend, (keep) => {
      const wide = keep(spread(backend, filter, [dilationHeight, dilationWidth], keep))
      return backend.run('DepthwiseConv2dNative', [x, wide], undilated)
    })
  },
  DepthwiseConv2dNativeBackpropInput: (backend, { inputs: { dy, filter }, attrs }) => {
    const info = geometry(attrs.inputShape, filter.shape, attrs, true)
    const inputs = [backend.ints(attrs.inputShape), filter, dy]
    return backend.run('DepthwiseConv2dNativeBackpropInput', inputs, attrsOf(info))
  },
  DepthwiseConv2dNativeBackpropFilter: (backend, { inputs: { x, dy }, attrs }) => {
    const info = geometry(x.shape, attrs.filterShape, attrs, true)
    const inputs = [x, backend.ints(attrs.filterShape), dy]
    return backend.run('DepthwiseConv2dNativeBackpropFilter', inputs, attrsOf(info))
  },
}

const LAST = [0, 2, 3, 1]
const FIRST = [0, 3, 1, 2]

/** TensorFlow's CPU has no convolution with the channels first: images are transposed, and back. */
function channelsLast(kernel: (...call: Parameters<Kernel>) => TensorInfo): Kernel {
  return (backend, { inputs, attrs }) => {
    if (attrs.dataFormat !== 'NCHW') return kernel(backend, { inputs, attrs })
    const transposed = (x: TensorInfo, perm: number[]) =>
      backend.run('Transpose', [x, backend.ints(perm)])
    return meanwhile(backend, (keep) => {
      const images = Object.entries(inputs as { [name: string]: TensorInfo }).map(([name, x]) => [
        name,
        name === 'filter' ? x : keep(transposed(x, LAST)),
      ])
      const whole = { inputs: Object.fromEntries(images), attrs: lastAttrs(attrs) }
      const y = kernel(backend, whole)
      return attrs.filterShape ? y : transposed(keep(y), FIRST)
    })
  }
}

function lastAttrs({ pad, inputShape, ...attrs }: Call['attrs']): Call['attrs'] {
  const last = <T>(values: T[]) => LAST.map((axis) => values[axis]!)
  return {
    ...attrs,
    dataFormat: 'NHWC',
    pad: Array.isArray(pad) ? last(pad) : pad,
    ...(inputShape && { inputShape: last(inputShape) }),
  }
}

/** A filter with zeros between its entries: TensorFlow's CPU does not dilate depthwise convolutions. */
function spread(
  backend: NativeBackend,
  filter: TensorInfo,
  [down, across]: readonly [number, number],
  keep: (x: TensorInfo) => TensorInfo,
): TensorInfo {
  const [height, width, channels, multiplier] = filter.shape as Shape4D
  const each = { ...filter, shape: [height, 1, width, 1, channels * multiplier] }
  const zeros = [0, 0, 0, down - 1, 0, 0, 0, across - 1, 0, 0]
  const padded = keep(backend.run('Pad', [each, keep(pairs(backend, zeros))]))
  const whole = { ...padded, shape: [height * down, width * across, channels, multiplier] }
  const size = [(height - 1) * down + 1, (width - 1) * across + 1, channels, multiplier]
  return backend.run('Slice', [whole, backend.ints([0, 0, 0, 0]), backend.ints(size)])
}

export function geometry(
  shape: number[],
  filterShape: number[],
  { strides, dilations = 1, pad, dimRoundingMode, dataFormat = 'NHWC' }: Call['attrs'],
  depthwise = false,
): Info {
  const layout = backend_util.convertConv2DDataFormat(dataFormat)
  const [from, by] = [shape as Shape4D, filterShape as Shape4D]
  return backend_util.computeConv2DInfo(
    from,
    by,
    strides,
    dilations,
    pad,
    dimRoundingMode,
    depthwise,
    layout,
  )
}

/** The attributes of an operation that goes through windows of an image. */
export function attrsOf(info: Info): Attrs {
  const first = info.dataFormat === 'channelsFirst'
  const along = (height: number, width: number) =>
    first ? [1, 1, height, width] : [1, height, width, 1]
  return {
    strides: along(info.strideHeight, info.strideWidth),
    dilations: along(info.dilationHeight, info.dilationWidth),
    data_format: first ? 'NCHW' : 'NHWC',
    ...padding(info),
  }
}

export function padding({ padInfo, dataFormat }: Info): Attrs {
  const { type, top, bottom, left, right } = padInfo
  if (type === 'VALID' || type === 'SAME') return { padding: type }
  if (top === 0 && bottom === 0 && left === 0 && right === 0) return { padding: 'VALID' }
  const sides = [top, bottom, left, right]
  const explicit = dataFormat === 'channelsFirst' ? [0, 0, 0, 0, ...sides] : [0, 0, ...sides, 0, 0]
  return { padding: 'EXPLICIT', explicit_paddings: explicit }
}
