// Lee, Maji, Ravichandran & Soatto 2019, Meta-Learning with Differentiable Convex Optimization, arXiv:1904.03758.
import { checkOptions } from '../options/check-options'
import type { BatchNormOptions } from './batch-norm'
import { dropBlock, dropout } from './drop'
import { flatten } from './flatten'
import { model, type ShapedModel } from './layer'
import { resnet12Options } from './model-options'
import { globalAveragePool } from './pool'
import { residualBlock } from './residual-block'
import { series } from './series'

export interface ResNet12Options extends Pick<BatchNormOptions, 'eps' | 'momentum'> {
  /** Of each block. Default: 64, 160, 320, 640. */
  readonly filters?: readonly [number, number, number, number]
  /** Share that is dropped after each block, in training alone. Default 0.1, as in the authors' code; 0 for none. */
  readonly dropRate?: number
  /** Side of the squares that the last two blocks drop. Default 5; the paper has 2 for pictures of 32 × 32. */
  readonly dropBlock?: number
  /** Training passes until squares are dropped at `dropRate`. Default 40,000: 20 epochs of 1,000 steps, two passes each. */
  readonly rampPasses?: number
  /** All of the last map, or its mean over space. Default `flatten`, as in the paper. */
  readonly readout?: 'mean' | 'flatten'
}

/**
 * The ResNet-12 of Lee et al. 2019 (section 4.1): four residual blocks, dropout after the first two and DropBlock
 * after the last two, flattened; `[n, 84, 84, 3]` to `[n, 16000]`, `[n, 32, 32, 3]` to `[n, 2560]`.
 *
 * Something is dropped only in calls that are given an `rng`, which learners do in training.
 * @example const learner = svm({ backbone: resnet12({ dropBlock: 2 }) })
 */
export function resnet12(options: ResNet12Options = {}): ShapedModel {
  checkOptions('core/bad-option', 'resnet12', resnet12Options, options)
  const {
    filters = [64, 160, 320, 640],
    dropRate = 0.1,
    dropBlock: size = 5,
    rampPasses = 40_000,
    readout = 'flatten',
    eps = 1e-5,
    momentum = 0.1,
  } = options
  const blocks = filters.map((filters, i) => {
    const drop = i < 2 ? dropout(dropRate) : dropBlock({ rate: dropRate, size, rampPasses })
    return residualBlock({ filters, drop, eps, momentum })
  })
  const last = readout === 'mean' ? globalAveragePool() : flatten()
  return model(
    'resnet12',
    { filters, dropRate, dropBlock: size, rampPasses, readout, eps, momentum },
    series([...blocks, last]),
  )
}
