// He, Zhang, Ren & Sun 2016, Deep Residual Learning for Image Recognition, arXiv:1512.03385; the block of few-shot
// learning's ResNet-12 is that of Mishra et al. 2018 and Oreshkin et al. 2018.
import { add, leakyRelu } from '@tensorflow/tfjs-core'
import type { Params } from '../tree'
import { type BatchNormOptions, batchNorm } from './batch-norm'
import { conv2d } from './conv2d'
import type { Layer } from './layer'
import { leakyRelu as leaky } from './leaky-relu'
import { maxPool } from './pool'
import { series } from './series'

const SLOPE = 0.1

export interface ResidualBlockOptions extends BatchNormOptions {
  readonly filters: number
  /** What follows the max-pool: a dropout. */
  readonly drop: Layer
}

/**
 * Three convolutions 3×3, each with a batch norm, beside one of 1×1; their sum, and a max-pool 2:
 *
 * y = drop(pool(σ(N(C₃(σ(N(C₂(σ(N(C₁ x)))))))) + N(C₁ₓ₁ x))), σ a ReLU with slope 0.1 below zero
 *
 * Convolutions have no bias and are drawn from a normal distribution with σ² = 2 / fanOut (He et al. 2015).
 */
export function residualBlock({ filters, drop, ...norm }: ResidualBlockOptions): Layer {
  const convolution = (kernelSize: number) => [
    conv2d({
      filters,
      kernelSize,
      bias: false,
      weightInit: { normal: Math.sqrt(2 / (kernelSize ** 2 * filters)) },
    }),
    batchNorm(norm),
  ]
  const trunk = series([
    ...convolution(3),
    leaky(SLOPE),
    ...convolution(3),
    leaky(SLOPE),
    ...convolution(3),
  ])
  const shortcut = series(convolution(1))
  const rest = series([maxPool(2), drop])
  return {
    normalises: true,
    outputShape: (shape) => rest.outputShape(trunk.outputShape(shape)),
    init(rng, shape) {
      const weights = {
        trunk: trunk.init(rng.split('trunk'), shape),
        shortcut: shortcut.init(rng.split('shortcut'), shape),
        rest: rest.init(rng.split('rest'), trunk.outputShape(shape)),
      }
      return { params: each(weights, 'params'), state: each(weights, 'state') }
    },
    apply({ params, state }, x, options) {
      const of = (part: Part) => ({
        params: (params as Parts)[part],
        state: (state as Parts)[part],
      })
      const long = trunk.apply(of('trunk'), x, options)
      const short = shortcut.apply(of('shortcut'), x, options)
      const activated = leakyRelu(add(long.y, short.y), SLOPE)
      const { y, state: after } = rest.apply(of('rest'), activated, options)
      return { y, state: { trunk: long.state, shortcut: short.state, rest: after } }
    },
  }
}

type Part = 'trunk' | 'shortcut' | 'rest'
type Parts = { readonly [part in Part]: Params }

const each = (
  weights: { readonly [part in Part]: { readonly params: Params; readonly state: Params } },
  what: 'params' | 'state',
): Parts => ({
  trunk: weights.trunk[what],
  shortcut: weights.shortcut[what],
  rest: weights.rest[what],
})
