import {
  avgPool,
  engine,
  maxPool,
  mul,
  ones,
  type Tensor,
  type Tensor4D,
} from '@tensorflow/tfjs-core'
import { KshotError } from '../../errors'
import { type Gradients, offTape } from './gradient'

interface PoolAttributes {
  readonly filterSize: number | [number, number]
  readonly strides: number | [number, number]
  readonly pad: 'valid' | 'same' | number
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil'
}

/** Max- and average-pooling, and the kernels of their gradients. */
export const pooling: Gradients = {
  MaxPool: {
    saves: ['x'],
    gradient: (dy, [x]: [Tensor4D], attrs: PoolAttributes) => ({
      x: () => maxPoolGradient(dy, x, attrs),
    }),
  },
  // Linear in dy: each window's value goes to its arg-max, so the derivative collects from there.
  MaxPoolGrad: {
    saves: ['dy', 'input'],
    gradient: (ddx, [dy, input]: [Tensor, Tensor4D], attrs: PoolAttributes) => ({
      dy: () => {
        const [height, width] = checkApart(input, attrs)
        const argMax = offTape(() => maxPoolGradient(ones(dy.shape), input, attrs))
        const mean = avgPool(
          mul(ddx, argMax) as Tensor4D,
          [height, width],
          attrs.strides,
          attrs.pad,
        )
        return mul(mean, height * width)
      },
      // the arg-max is constant but at ties
      input: () => offTape(() => mul(input, 0)),
      output: () => offTape(() => mul(dy, 0)),
    }),
  },
  AvgPool: {
    saves: ['x'],
    gradient: (dy, [x]: [Tensor4D], attrs: PoolAttributes) => ({
      x: () => engine().runKernel('AvgPoolGrad', { dy, input: x }, { ...attrs }),
    }),
  },
  AvgPoolGrad: {
    saves: ['input'],
    gradient: (
      ddx,
      [input]: [Tensor4D],
      { filterSize, strides, pad, dimRoundingMode }: PoolAttributes,
    ) => ({
      dy: () => avgPool(ddx as Tensor4D, filterSize, strides, pad, dimRoundingMode),
      input: () => offTape(() => mul(input, 0)),
    }),
  },
}

function maxPoolGradient(dy: Tensor, input: Tensor4D, attrs: PoolAttributes): Tensor {
  const { filterSize, strides, pad, dimRoundingMode } = attrs
  const output = offTape(() => maxPool(input, filterSize, strides, pad, dimRoundingMode))
  return engine().runKernel('MaxPoolGrad', { dy, input, output }, { ...attrs })
}

/** Windows must lie apart and inside the image: else one picture of arg-maxima cannot tell them apart. */
function checkApart(
  input: Tensor4D,
  { filterSize, strides, pad }: PoolAttributes,
): [number, number] {
  const [size, stride] = [pairOf(filterSize), pairOf(strides)]
  const inside = pad === 'valid' || pad === 0 || size.every((n, i) => input.shape[i + 1]! % n === 0)
  if (inside && size.every((n, i) => n <= stride[i]!)) return size
  throw new KshotError('autodiff/no-second-derivative', {
    got: `a second derivative of max-pooling with windows of ${size.join(' × ')}, stride ${stride.join(' × ')}, pad ${pad}`,
    expected: 'windows that do not overlap and lie inside the image',
    remedy: "Pool with strides as large as the window and pad 'valid'",
  })
}

function pairOf(value: number | [number, number]): [number, number] {
  return typeof value === 'number' ? [value, value] : value
}
