// EfficientNet-Lite0: Tan & Le 2019, EfficientNet, table 1, without squeeze-and-excitation and with ReLU6 for
// swish (Liu 2020, EfficientNet-Lite). Batch norm is folded into the convolutions.

import type { Tensor1D } from '@tensorflow/tfjs-core'
import { add, fused, mean, type Tensor2D, type Tensor4D, tidy } from '@tensorflow/tfjs-core'

/** A convolution with the batch norm after it: filter `[k, k, in, out]` (depthwise: `[k, k, in, 1]`), bias `[out]`. */
export type Convolution = {
  readonly filter: Tensor4D
  readonly bias: Tensor1D
}

/** The convolutions by name, for example `blocks/3/depthwise`. */
export type Weights = { readonly [name: string]: Convolution }

/** Pixels of a side of the input. */
export const SIDE = 224
/** The length of an embedding. */
export const DIMENSIONS = 1280

interface Stage {
  readonly repeats: number
  readonly kernel: 3 | 5
  /** Of the first block of the stage; 1 in the others. */
  readonly stride: 1 | 2
  readonly filters: number
}

/** Table 1 of the paper, stages 2 to 8. */
const stages: readonly Stage[] = [
  { repeats: 1, kernel: 3, stride: 1, filters: 16 },
  { repeats: 2, kernel: 3, stride: 2, filters: 24 },
  { repeats: 2, kernel: 5, stride: 2, filters: 40 },
  { repeats: 3, kernel: 3, stride: 2, filters: 80 },
  { repeats: 3, kernel: 5, stride: 1, filters: 112 },
  { repeats: 4, kernel: 5, stride: 2, filters: 192 },
  { repeats: 1, kernel: 3, stride: 1, filters: 320 },
]
const STEM = 32
const EXPANSION = 6

interface Block {
  readonly name: string
  readonly kernel: number
  readonly stride: 1 | 2
  readonly from: number
  /** Channels between the pointwise convolutions. */
  readonly wide: number
  readonly to: number
}

const blocks: readonly Block[] = stages.flatMap(({ repeats, kernel, stride, filters }, i) => {
  const before = stages[i - 1]?.filters ?? STEM
  const earlier = stages.slice(0, i).reduce((sum, stage) => sum + stage.repeats, 0)
  return Array.from({ length: repeats }, (_, n) => {
    const from = n === 0 ? before : filters
    return {
      name: `blocks/${earlier + n}`,
      kernel,
      stride: n === 0 ? stride : 1,
      from,
      wide: i === 0 ? from : from * EXPANSION,
      to: filters,
    }
  })
})

/** The shape of each filter by the name of its convolution. */
export const filterShapes: { readonly [name: string]: readonly number[] } = Object.fromEntries([
  ['stem', [3, 3, 3, STEM]],
  ...blocks.flatMap(({ name, kernel, from, wide, to }) => [
    ...(wide === from ? [] : [[`${name}/expand`, [1, 1, from, wide]]]),
    [`${name}/depthwise`, [kernel, kernel, wide, 1]],
    [`${name}/project`, [1, 1, wide, to]],
  ]),
  ['head', [1, 1, stages.at(-1)!.filters, DIMENSIONS]],
])

/** x `[n, 224, 224, 3]`, (byte − 127) / 128, to the means over the last map, `[n, 1280]`. */
export function efficientNetLite0(weights: Weights, x: Tensor4D): Tensor2D {
  return tidy(() => {
    const stem = convolve(weights.stem!, x, 2)
    const features = blocks.reduce((y, block) => mbConv(weights, block, y), stem)
    return mean(convolve(weights.head!, features), [1, 2]) as Tensor2D
  })
}

/** An inverted residual: expand, convolve each channel by itself, project (Sandler et al. 2018, MobileNetV2). */
function mbConv(weights: Weights, { name, stride, from, to }: Block, x: Tensor4D): Tensor4D {
  return tidy(() => {
    const expand = weights[`${name}/expand`]
    const wide = expand ? convolve(expand, x) : x
    const filtered = convolveEach(weights[`${name}/depthwise`]!, wide, stride)
    const projected = project(weights[`${name}/project`]!, filtered)
    return stride === 1 && from === to ? add(projected, x) : projected
  })
}

function convolve({ filter, bias }: Convolution, x: Tensor4D, strides: 1 | 2 = 1): Tensor4D {
  return fused.conv2d({ x, filter, strides, pad: 'same', bias, activation: 'relu6' })
}

function convolveEach({ filter, bias }: Convolution, x: Tensor4D, strides: 1 | 2): Tensor4D {
  return fused.depthwiseConv2d({ x, filter, strides, pad: 'same', bias, activation: 'relu6' })
}

function project({ filter, bias }: Convolution, x: Tensor4D): Tensor4D {
  return fused.conv2d({ x, filter, strides: 1, pad: 'same', bias })
}
