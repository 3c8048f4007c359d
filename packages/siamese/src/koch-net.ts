// Koch, Zemel & Salakhutdinov 2015, Siamese Neural Networks for One-shot Image Recognition, figure 4.
import type { ShapedModel } from '@kshot/core'
import {
  activation,
  conv2d,
  dense,
  flatten,
  type Initializer,
  maxPool,
  series,
} from '@kshot/core/nn'
import { checkOptions } from '@kshot/core/options'
import { kochNetOptions } from './options'

export interface KochNetOptions {
  /** Filters of the four convolutions. Default 64, 128, 128, 256. */
  readonly filters?: readonly [number, number, number, number]
  /** Length of the embedding. Default 4096. */
  readonly units?: number
  /**
   * - `koch` (default): convolutions N(0, 0.01²), the dense layer N(0, 0.2²), biases N(0.5, 0.01²)
   * - `torch`: PyTorch's, which starts the sigmoids where they are not flat
   */
  readonly initializer?: 'koch' | 'torch'
}

const INITIALIZERS = {
  koch: {
    convolution: { normal: 0.01 },
    dense: { normal: 0.2 },
    bias: { normal: 0.01, mean: 0.5 },
  },
  torch: { convolution: 'torch', dense: 'torch', bias: 'torch' },
} as const satisfies Record<string, Record<string, Initializer>>

/** Sides of the filters. */
const KERNELS = [10, 7, 4, 4] as const

/**
 * Koch's own net, for images of 105×105: convolutions of 64 filters 10×10, 128 of 7×7, 128 of 4×4 and
 * 256 of 4×4, unpadded, with ReLU, a max-pool 2 after each of the first three; then 4096 sigmoid units.
 *
 * `[n, 105, 105, 1]` to `[n, 4096]`, 38,947,648 parameters. It has no normalisation layers.
 * @throws `siamese/bad-option`
 * @example siamese({ backbone: kochNet() })
 */
export function kochNet(options: KochNetOptions = {}): ShapedModel {
  checkOptions('siamese/bad-option', 'kochNet', kochNetOptions, options)
  const { filters = [64, 128, 128, 256], units = 4096, initializer = 'koch' } = options
  const init = INITIALIZERS[initializer]
  const layers = filters.flatMap((n, i) => [
    conv2d({
      filters: n,
      kernelSize: KERNELS[i]!,
      padding: 'valid',
      weightInit: init.convolution,
      biasInit: init.bias,
    }),
    activation('relu'),
    ...(i < 3 ? [maxPool(2)] : []),
  ])
  const embedding = dense({ units, weightInit: init.dense, biasInit: init.bias })
  return {
    ...series([...layers, flatten(), embedding, activation('sigmoid')]),
    spec: {
      package: '@kshot/siamese',
      export: 'kochNet',
      options: { filters, units, initializer },
    },
  }
}
