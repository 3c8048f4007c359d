import {
  backend_util,
  conv2d,
  engine,
  reverse,
  slice,
  type Tensor4D,
  transpose,
} from '@tensorflow/tfjs-core'
import type { Gradients } from './gradient'

type Pair = number | [number, number]

interface ConvAttributes {
  readonly strides: Pair
  readonly pad: 'valid' | 'same' | number | backend_util.ExplicitPadding
  readonly dilations: Pair
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil'
}

type Shape4D = [number, number, number, number]

/**
 * Convolution is linear in the image and in the filter, and so are its gradients, which are
 * convolutions again: they are differentiated as such, to any order.
 */
export const convolution: Gradients = {
  Conv2D: {
    saves: ['x', 'filter'],
    gradient: (dy: Tensor4D, [x, filter]: [Tensor4D, Tensor4D], attrs: ConvAttributes) => ({
      x: () => inputGradient(dy, x.shape, filter, attrs),
      filter: () => filterGradient(x, dy, filter.shape, attrs),
    }),
  },
  Conv2DBackpropInput: {
    saves: ['dy', 'filter'],
    gradient: (ddx: Tensor4D, [dy, filter]: [Tensor4D, Tensor4D], attrs: ConvAttributes) => ({
      dy: () => conv2d(ddx, filter, attrs.strides, attrs.pad, 'NHWC', 1, attrs.dimRoundingMode),
      filter: () => filterGradient(ddx, dy, filter.shape, { ...attrs, dilations: 1 }),
    }),
  },
}

/** ∂/∂x: with stride 1 the forward convolution by the flipped filter, which is the fast kernel everywhere. */
function inputGradient(
  dy: Tensor4D,
  shape: Shape4D,
  filter: Tensor4D,
  attrs: ConvAttributes,
): Tensor4D {
  const info = infoOf(shape, filter.shape, attrs)
  const { padInfo: pad, effectiveFilterHeight: kh, effectiveFilterWidth: kw } = info
  if (info.strideHeight === 1 && info.strideWidth === 1) {
    const flipped = transpose(reverse(filter, [0, 1]), [0, 1, 3, 2])
    const around = explicit(
      kh - 1 - pad.top,
      kh - 1 - pad.bottom,
      kw - 1 - pad.left,
      kw - 1 - pad.right,
    )
    return conv2d(dy, flipped, 1, around, 'NHWC', attrs.dilations)
  }
  const { strides, pad: padding, dimRoundingMode } = attrs
  return engine().runKernel('Conv2DBackpropInput', { dy, filter }, {
    strides,
    pad: padding,
    dataFormat: 'NHWC',
    inputShape: shape,
    dimRoundingMode,
  } as never)
}

/**
 * ∂/∂filter: the convolution of the image by dy, with examples in the place of channels;
 * stride and dilation change places.
 */
function filterGradient(
  x: Tensor4D,
  dy: Tensor4D,
  shape: Shape4D,
  attrs: ConvAttributes,
): Tensor4D {
  const info = infoOf(x.shape, shape, attrs)
  const { padInfo: pad, strideHeight, strideWidth, dilationHeight, dilationWidth } = info
  // rows of x that dy reaches; a stride may leave some at the end unread
  const reached = (k: number, dilation: number, out: number, stride: number) =>
    (k - 1) * dilation + (out - 1) * stride + 1
  const bottom = reached(shape[0], dilationHeight, dy.shape[1], strideHeight) - x.shape[1] - pad.top
  const right = reached(shape[1], dilationWidth, dy.shape[2], strideWidth) - x.shape[2] - pad.left
  const read = crop(x, Math.min(0, bottom), Math.min(0, right))
  const result = conv2d(
    transpose(read, [3, 1, 2, 0]),
    transpose(dy, [1, 2, 0, 3]),
    [dilationHeight, dilationWidth],
    explicit(pad.top, Math.max(0, bottom), pad.left, Math.max(0, right)),
    'NHWC',
    [strideHeight, strideWidth],
  )
  return transpose(result, [1, 2, 0, 3])
}

function crop(x: Tensor4D, bottom: number, right: number): Tensor4D {
  if (bottom === 0 && right === 0) return x
  const [n, h, w, c] = x.shape
  return slice(x, [0, 0, 0, 0], [n, h + bottom, w + right, c])
}

function explicit(
  top: number,
  bottom: number,
  left: number,
  right: number,
): backend_util.ExplicitPadding {
  return [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ]
}

function infoOf(
  x: Shape4D,
  filter: Shape4D,
  { strides, dilations, pad, dimRoundingMode }: ConvAttributes,
) {
  return backend_util.computeConv2DInfo(x, filter, strides, dilations ?? 1, pad, dimRoundingMode)
}
