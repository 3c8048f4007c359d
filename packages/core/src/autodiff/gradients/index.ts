import { arithmetic } from './arithmetic'
import { convolution } from './conv'
import type { Gradients } from './gradient'
import { matmul } from './matmul'
import { pooling } from './pool'
import { reductions } from './reduction'
import { shapes } from './shape'
import { unaries } from './unary'

/** Gradients that are right to second order, by kernel. */
export const gradients: Gradients = {
  ...arithmetic,
  ...unaries,
  ...reductions,
  ...matmul,
  ...convolution,
  ...pooling,
  ...shapes,
}
