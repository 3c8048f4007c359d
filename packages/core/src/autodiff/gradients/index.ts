import { arithmetic } from './arithmetic'
import { batchNorms } from './batch-norm-train'
import { convolutions } from './conv'
import { einsums } from './einsum'
import { gathers } from './gather'
import type { Gradients } from './gradient'
import { products } from './matmul'
import { flats } from './none'
import { others } from './normalise'
import { pools } from './pool'
import { reductions } from './reduction'
import { shapes } from './shape'
import { solutions } from './solve'
import { unaries } from './unary'

/** Gradients by kernel, correct to second order. */
export const gradients: Gradients = {
  ...arithmetic,
  ...unaries,
  ...reductions,
  ...products,
  ...einsums,
  ...convolutions,
  ...pools,
  ...shapes,
  ...gathers,
  ...others,
  ...batchNorms,
  ...solutions,
  ...flats,
}
