import {
  abs,
  add,
  expandDims,
  matMul,
  mul,
  neg,
  rsqrt,
  sign,
  sqrt,
  square,
  sub,
  sum,
  type Tensor2D,
} from '@tensorflow/tfjs-core'

/** Rows of length 1, `[n, d]`; a row of zeros stays one. */
export function unitRows(rows: Tensor2D): Tensor2D {
  return mul(rows, rsqrt(add(sum(square(rows), 1, true), 1e-12)))
}

/** z = √|x| sign x, divided by its length: `[n, d]` (Hu, Gripon & Pateux 2021, arXiv:2006.03806). */
export function unitRoots(x: Tensor2D): Tensor2D {
  return unitRows(mul(sign(x), sqrt(abs(x))))
}

/** cos(a, b) of each row with each: `[n, d]` and `[m, d]` to `[n, m]`. */
export function cosines(a: Tensor2D, b: Tensor2D): Tensor2D {
  return matMul(unitRows(a), unitRows(b), false, true)
}

/** −‖a − b‖² of each row with each, so that the nearest is largest: `[n, d]` and `[m, d]` to `[n, m]`. */
export function negativeSquaredDistances(a: Tensor2D, b: Tensor2D): Tensor2D {
  const difference = sub(expandDims(a, 1), expandDims(b, 0))
  return neg(sum(square(difference), 2)) as Tensor2D
}
