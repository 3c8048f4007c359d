import { checkOptions } from '../options/check-options'
import { type Activation, activation } from './activation'
import type { BatchNormOptions } from './batch-norm'
import { convBlock } from './conv-block'
import { conv2d } from './conv2d'
import { dense } from './dense'
import { flatten } from './flatten'
import type { Initializer } from './init'
import { type Layer, model, type ShapedModel } from './layer'
import {
  cnnOptions,
  conv4Options,
  convMapsOptions,
  finnNetOptions,
  mlpOptions,
} from './model-options'
import { globalAveragePool, maxPool } from './pool'
import { series } from './series'

const BAD_OPTION = 'core/bad-option'

export interface Conv4Options extends BatchNormOptions {
  readonly filters?: number
  readonly blocks?: number
}

/**
 * The four-block net of Snell et al. 2017 (after Vinyals et al. 2016):
 * 4 × [conv 3×3, batch norm, ReLU, max-pool 2], then flattened; `[n, 28, 28, 1]` to `[n, 64]`.
 * @throws `core/bad-option`
 */
export function conv4(options: Conv4Options = {}): ShapedModel {
  checkOptions(BAD_OPTION, 'conv4', conv4Options, options)
  const { filters = 64, blocks = 4 } = options
  const norm = { eps: 1e-5, momentum: 0.1, ...normOptions(options) }
  const block = () => convBlock({ filters, ...norm })
  const layers = [...repeat(blocks, block), flatten()]
  return model('conv4', { filters, blocks, ...norm }, series(layers))
}

export interface FinnNetOptions extends Conv4Options {
  /** The mean over space (Finn et al.), or everything flattened (Nichol et al. 2018). Default `mean`. */
  readonly readout?: 'mean' | 'flatten'
}

/**
 * The Omniglot net of Finn et al. 2017: 4 × [conv 3×3 stride 2, batch norm, ReLU], no pooling,
 * then the mean over space; `[n, 28, 28, 1]` to `[n, 64]`. Its head is the learner's.
 * @throws `core/bad-option`
 */
export function finnNet(options: FinnNetOptions = {}): ShapedModel {
  checkOptions(BAD_OPTION, 'finnNet', finnNetOptions, options)
  const { filters = 64, blocks = 4, readout = 'mean' } = options
  const norm = { eps: 1e-3, momentum: 0.1, ...normOptions(options) }
  const init = { weightInit: 'glorot', biasInit: 'zeros' } as const
  const block = () => convBlock({ filters, ...norm, stride: 2, pool: 0, ...init })
  const layers = [...repeat(blocks, block), readout === 'mean' ? globalAveragePool() : flatten()]
  return model('finnNet', { filters, blocks, ...norm, readout }, series(layers))
}

export interface ConvMapsOptions extends Conv4Options {
  /** How many blocks, from the first, end in a max-pool. */
  readonly pooled?: number
  /** Padding of the convolutions in the pooled blocks; the others keep the size. Default `valid`. */
  readonly padding?: 'same' | 'valid'
}

/**
 * The embedding module of Sung et al. 2018, which keeps its feature maps: 4 × [conv 3×3, batch norm,
 * ReLU], a max-pool 2 after each of the first two; `[n, 28, 28, 1]` to `[n, 5, 5, 64]`.
 * @throws `core/bad-option`
 */
export function convMaps(options: ConvMapsOptions = {}): ShapedModel {
  checkOptions(BAD_OPTION, 'convMaps', convMapsOptions, options)
  const { filters = 64, blocks = 4, pooled = 2, padding = 'valid' } = options
  const norm = { eps: 1e-5, momentum: 0.1, ...normOptions(options) }
  const layers = Array.from({ length: blocks }, (_, i) =>
    convBlock({ filters, ...norm, ...(i < pooled ? { padding } : { pool: 0 }) }),
  )
  return model('convMaps', { filters, blocks, pooled, padding, ...norm }, series(layers))
}

export interface CnnOptions {
  readonly filters?: readonly number[]
  readonly hidden?: number
  /** Units of the head. */
  readonly outputs?: number
}

/**
 * The tutorials' CNN: [conv 3×3 of 16, ReLU, max-pool 2], the same of 32, dense 128 with ReLU,
 * a head of 10; `[n, 28, 28, 1 or 3]` to `[n, outputs]`.
 * @throws `core/bad-option`
 */
export function cnn(options: CnnOptions = {}): ShapedModel {
  checkOptions(BAD_OPTION, 'cnn', cnnOptions, options)
  const { filters = [16, 32], hidden = 128, outputs = 10 } = options
  const trunk = filters.flatMap((n) => [conv2d({ filters: n }), activation('relu'), maxPool(2)])
  const head = [flatten(), dense({ units: hidden }), activation('relu'), dense({ units: outputs })]
  return model('cnn', { filters, hidden, outputs }, series([...trunk, ...head]))
}

export interface MlpOptions {
  readonly hidden?: readonly number[]
  readonly outputs?: number
  readonly activation?: Activation
  readonly weightInit?: Initializer
}

/**
 * Dense layers with activations in between; any example shape to `[n, outputs]`. Default: Finn's sine net.
 * @throws `core/bad-option`
 */
export function mlp(options: MlpOptions = {}): ShapedModel {
  checkOptions(BAD_OPTION, 'mlp', mlpOptions, options)
  const {
    hidden = [40, 40],
    outputs = 1,
    activation: name = 'relu',
    weightInit = 'torch',
  } = options
  const layers = hidden.flatMap((units) => [dense({ units, weightInit }), activation(name)])
  const chain = [flatten(), ...layers, dense({ units: outputs, weightInit })]
  return model('mlp', { hidden, outputs, activation: name, weightInit }, series(chain))
}

/** The options of batch norm that are given, and no others: specs hold no undefined. */
function normOptions({ eps, momentum, gamma, innerSteps }: BatchNormOptions) {
  return {
    ...(eps !== undefined && { eps }),
    ...(momentum !== undefined && { momentum }),
    ...(gamma !== undefined && { gamma }),
    ...(innerSteps !== undefined && { innerSteps }),
  }
}

function repeat(times: number, make: () => Layer): Layer[] {
  return Array.from({ length: times }, make)
}
