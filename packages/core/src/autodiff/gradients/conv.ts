import {
  depthwiseConv2d,
  reshape,
  reverse,
  sum,
  type Tensor,
  type Tensor4D,
  transpose,
} from '@tensorflow/tfjs-core'
import { KshotError } from '../../errors'
import { type ConvAttrs, convFilter, convInfo, convInput, convolve } from '../convolution'
import { padOrCrop, spreadOut } from '../spatial'
import { type Gradients, rule } from './gradient'

// A convolution is linear in each of its inputs, and so are its two derivatives: the derivative of
// each of the three is made of the other two.
export const convolutions: Gradients = {
  Conv2D: rule(['x', 'filter'], (dy: Tensor, saved, attrs) => {
    const [x, filter] = saved as [Tensor, Tensor]
    return {
      x: () => convInput(dy, filter, x.shape, attrs),
      filter: () => convFilter(x, dy, filter.shape, attrs),
    }
  }),
  Conv2DBackpropInput: rule(['dy', 'filter'], (ddx: Tensor, saved, attrs) => {
    const [dy, filter] = saved as [Tensor, Tensor]
    return {
      dy: () => convolve(ddx, filter, attrs),
      filter: () => convFilter(ddx, dy, filter.shape, attrs),
    }
  }),
  Conv2DBackpropFilter: rule(['x', 'dy'], (ddw: Tensor, saved, attrs) => {
    const [x, dy] = saved as [Tensor, Tensor]
    return {
      x: () => convInput(dy, ddw, x.shape, attrs),
      dy: () => convolve(x, ddw, attrs),
    }
  }),
  DepthwiseConv2dNative: rule(['x', 'filter'], (dy: Tensor, saved, attrs) => {
    const [x, filter] = saved as [Tensor, Tensor]
    if (attrs.dataFormat === 'NCHW') throw channelsFirst()
    return {
      x: () => depthwiseInput(dy, filter, x.shape, attrs),
      filter: () => depthwiseFilter(x, dy, filter.shape, attrs),
    }
  }),
}

// Each output channel back through its own turned filter, then summed over the channels it came from.
function depthwiseInput(dy: Tensor, filter: Tensor, shape: number[], attrs: ConvAttrs): Tensor {
  const [kh, kw, channels, multiplier] = filter.shape as [number, number, number, number]
  const info = convInfo(shape, filter.shape, attrs, true)
  const spread = spreadOut(spreadOut(dy, 1, info.strideHeight), 2, info.strideWidth)
  const turned = reshape(reverse(filter, [0, 1]), [kh, kw, channels * multiplier, 1])
  const reachH = info.dilationHeight * (kh - 1)
  const reachW = info.dilationWidth * (kw - 1)
  const top = reachH - info.padInfo.top
  const left = reachW - info.padInfo.left
  const padded = padOrCrop(spread, [
    [0, 0],
    [top, info.inHeight - spread.shape[1]! + reachH - top],
    [left, info.inWidth - spread.shape[2]! + reachW - left],
    [0, 0],
  ])
  const dx = depthwise(padded, turned, 1, [info.dilationHeight, info.dilationWidth])
  return multiplier === 1 ? dx : sum(reshape(dx, [...shape, multiplier]), -1)
}

// As for an ordinary convolution, but the examples become channels: one large filter for each
// example and channel, summed over the examples.
function depthwiseFilter(x: Tensor, dy: Tensor, shape: number[], attrs: ConvAttrs): Tensor {
  const [kh, kw, channels, multiplier] = shape as [number, number, number, number]
  const info = convInfo(x.shape, shape, attrs, true)
  const n = info.batchSize
  const { top, left } = info.padInfo
  const height = info.strideHeight * (info.outHeight - 1) + 1 + info.dilationHeight * (kh - 1)
  const width = info.strideWidth * (info.outWidth - 1) + 1 + info.dilationWidth * (kw - 1)
  const padded = padOrCrop(x, [
    [0, 0],
    [top, height - info.inHeight - top],
    [left, width - info.inWidth - left],
    [0, 0],
  ])
  const image = reshape(transpose(padded, [1, 2, 0, 3]), [1, height, width, n * channels])
  const filters = reshape(transpose(dy, [1, 2, 0, 3]), [
    info.outHeight,
    info.outWidth,
    n * channels,
    multiplier,
  ])
  const strides: [number, number] = [info.dilationHeight, info.dilationWidth]
  const perExample = depthwise(image, filters, strides, [info.strideHeight, info.strideWidth])
  return reshape(sum(reshape(perExample, [kh, kw, n, channels * multiplier]), 2), shape)
}

function depthwise(
  x: Tensor,
  filter: Tensor,
  strides: number | [number, number],
  dilations: [number, number],
): Tensor {
  const [x4, filter4] = [x as Tensor4D, filter as Tensor4D]
  return depthwiseConv2d(x4, filter4, strides, 'valid', 'NHWC', dilations)
}

function channelsFirst(): KshotError {
  return new KshotError('autodiff/no-gradient', {
    got: "the gradient of DepthwiseConv2dNative with dataFormat 'NCHW'",
    expected: "dataFormat 'NHWC'",
    remedy: 'Transpose the input to [n, h, w, c]',
  })
}
