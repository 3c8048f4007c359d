import {
  add,
  clipByValue,
  div,
  maximum,
  scalar,
  sqrt,
  square,
  sum,
  type Tensor,
} from '@tensorflow/tfjs-core'
import * as tree from '../tree'
import { type Optimizer, stateless } from './optimizer'
import { checkNumber, namedOptions } from './options'

/**
 * Clips each number to `[-max, max]`.
 * @throws `core/bad-option`
 */
export function clip(max: number | { readonly max: number }): Optimizer {
  const { max: bound } = namedOptions<{ max: number }>('max', max)
  checkNumber('clip', 'max', bound, { min: 0, open: true })
  return stateless('clip', { max: bound }, (gradients) =>
    tree.map((gradient) => clipByValue(gradient, -bound, bound), gradients),
  )
}

/**
 * Scales the gradient to a norm of at most `max`, over all tensors together:
 * `g · min(1, max / ‖g‖)`; shorter ones stay as they are, bit by bit.
 *
 * Pascanu et al. 2013, algorithm 1.
 * @throws `core/bad-option`
 * @example chain(clipByGlobalNorm(10), adam(1e-3))
 */
export function clipByGlobalNorm(max: number | { readonly max: number }): Optimizer {
  const { max: bound } = namedOptions<{ max: number }>('max', max)
  checkNumber('clipByGlobalNorm', 'max', bound, { min: 0, open: true })
  return stateless('clipByGlobalNorm', { max: bound }, (gradients) => {
    const squares = tree.leaves(gradients).map((g) => sum(square(div(g, bound))))
    const excess = squares.reduce((total: Tensor, one) => add(total, one), scalar(0))
    // 1 inside the root where nothing is clipped: exact, and no 0 / 0 for a gradient of zeros.
    const length = sqrt(maximum(excess, 1))
    return tree.map((gradient) => div(gradient, length), gradients)
  })
}
