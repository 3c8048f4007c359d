import {
  backend_util,
  conv2d,
  reshape,
  reverse,
  type Tensor,
  type Tensor4D,
  transpose,
} from '@tensorflow/tfjs-core'
import { hasKernel, hasOwnKernel, isStockWasm, runKernel } from './kernels'
import { padOrCrop, spreadOut } from './spatial'

export interface ConvAttrs {
  readonly strides: number | [number, number]
  readonly pad: 'valid' | 'same' | number | backend_util.ExplicitPadding
  readonly dataFormat?: 'NHWC' | 'NCHW'
  readonly dilations?: number | [number, number]
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil'
}

type Shape4D = [number, number, number, number]
type Pads = [top: number, bottom: number, left: number, right: number]

/** The convolution itself, with the attributes of its kernel. */
export function convolve(x: Tensor, filter: Tensor, attrs: ConvAttrs): Tensor {
  const { strides, pad, dataFormat = 'NHWC', dilations = 1, dimRoundingMode } = attrs
  const [x4, filter4] = [x as Tensor4D, filter as Tensor4D]
  return conv2d(x4, filter4, strides, pad, dataFormat, dilations, dimRoundingMode)
}

/** The derivative of a convolution in its input, given `dy`: linear in `dy` and in the filter. */
export function convInput(dy: Tensor, filter: Tensor, shape: number[], attrs: ConvAttrs): Tensor {
  // stock wasm's kernel is ten times slower than a forward convolution
  if (runs('Conv2DBackpropInput', attrs) && !isStockWasm('Conv2DBackpropInput')) {
    return runKernel('Conv2DBackpropInput', { dy, filter }, kernelAttrs(attrs, 'inputShape', shape))
  }
  if (attrs.dataFormat === 'NCHW') {
    const nhwc = { ...attrs, dataFormat: 'NHWC' } as const
    return toNchw(convInput(toNhwc(dy), filter, nhwcShape(shape), nhwc))
  }
  return composedInput(dy, filter, shape, attrs)
}

/** The derivative of a convolution in its filter, given `dy`: linear in `dy` and in the input. */
export function convFilter(x: Tensor, dy: Tensor, shape: number[], attrs: ConvAttrs): Tensor {
  if (runs('Conv2DBackpropFilter', attrs)) {
    return runKernel('Conv2DBackpropFilter', { x, dy }, kernelAttrs(attrs, 'filterShape', shape))
  }
  if (attrs.dataFormat === 'NCHW') {
    return convFilter(toNhwc(x), toNhwc(dy), shape, { ...attrs, dataFormat: 'NHWC' })
  }
  return composedFilter(x, dy, shape, attrs)
}

// dX = the full convolution of dY, zeros between its entries for a stride, with the turned filter
function composedInput(dy: Tensor, filter: Tensor, shape: number[], attrs: ConvAttrs): Tensor {
  const info = convInfo(shape, filter.shape, attrs)
  const turned = transpose(reverse(filter, [0, 1]), [0, 1, 3, 2])
  const spread = spreadOut(spreadOut(dy, 1, info.strideHeight), 2, info.strideWidth)
  const reachH = info.dilationHeight * (info.filterHeight - 1)
  const reachW = info.dilationWidth * (info.filterWidth - 1)
  const top = reachH - info.padInfo.top
  const left = reachW - info.padInfo.left
  const bottom = info.inHeight - spread.shape[1]! + reachH - top
  const right = info.inWidth - spread.shape[2]! + reachW - left
  const dilation: [number, number] = [info.dilationHeight, info.dilationWidth]
  return convolvePadded(spread, turned, [top, bottom, left, right], 1, dilation)
}

// dW = the convolution of X with dY where the batch plays the part of the channels, and stride and
// dilation change places: one forward convolution with few, very large filters
function composedFilter(x: Tensor, dy: Tensor, shape: number[], attrs: ConvAttrs): Tensor {
  const info = convInfo(x.shape, shape, attrs)
  const { top, left } = info.padInfo
  const reach = (n: number, stride: number, k: number, dilation: number) =>
    stride * (n - 1) + 1 + dilation * (k - 1)
  const height = reach(info.outHeight, info.strideHeight, info.filterHeight, info.dilationHeight)
  const width = reach(info.outWidth, info.strideWidth, info.filterWidth, info.dilationWidth)
  const pads: Pads = [top, height - info.inHeight - top, left, width - info.inWidth - left]
  const summed = convolvePadded(
    channelsToBatch(x),
    transpose(dy, [1, 2, 0, 3]),
    pads,
    [info.dilationHeight, info.dilationWidth],
    [info.strideHeight, info.strideWidth],
  )
  return transpose(summed, [1, 2, 0, 3])
}

// [n, h, w, c] → [c, h, w, n] by way of [h, w, c, n]: a plain matrix transpose and one that moves
// whole rows take a quarter of the time of the general transpose on wasm
function channelsToBatch(x: Tensor): Tensor {
  const [n, h, w, c] = x.shape as Shape4D
  const pixels = transpose(reshape(x, [n, h * w * c]))
  return reshape(transpose(reshape(pixels, [h * w, c, n]), [1, 0, 2]), [c, h, w, n])
}

/** A convolution with explicit padding, negative numbers cropping. */
function convolvePadded(
  x: Tensor,
  filter: Tensor,
  [top, bottom, left, right]: Pads,
  strides: number | [number, number],
  dilations: [number, number],
): Tensor {
  const crop = [top, bottom, left, right].map((p) => Math.min(p, 0)) as Pads
  const cropped = padOrCrop(x, [
    [0, 0],
    [crop[0], crop[1]],
    [crop[2], crop[3]],
    [0, 0],
  ])
  const pad: backend_util.ExplicitPadding = [
    [0, 0],
    [Math.max(top, 0), Math.max(bottom, 0)],
    [Math.max(left, 0), Math.max(right, 0)],
    [0, 0],
  ]
  return convolve(cropped, filter, { strides, dilations, pad })
}

export function convInfo(
  shape: number[],
  filterShape: number[],
  { strides, dilations = 1, pad, dimRoundingMode }: ConvAttrs,
  depthwise = false,
) {
  return backend_util.computeConv2DInfo(
    shape as Shape4D,
    filterShape as Shape4D,
    strides,
    dilations,
    pad,
    dimRoundingMode,
    depthwise,
  )
}

// TensorFlow.js' own kernels do not know dilations, ours no channels first
function runs(name: string, { dilations = 1, dataFormat = 'NHWC' }: ConvAttrs): boolean {
  if (hasOwnKernel(name)) return dataFormat === 'NHWC'
  return hasKernel(name) && [dilations].flat().every((d) => d === 1)
}

function kernelAttrs(attrs: ConvAttrs, shapeName: string, shape: number[]) {
  const { strides, pad, dataFormat = 'NHWC', dilations = 1, dimRoundingMode } = attrs
  return { strides, pad, dataFormat, dilations, dimRoundingMode, [shapeName]: shape }
}

const toNhwc = (x: Tensor) => transpose(x, [0, 2, 3, 1])
const toNchw = (x: Tensor) => transpose(x, [0, 3, 1, 2])
const nhwcShape = ([n, c, h, w]: number[]) => [n!, h!, w!, c!]
