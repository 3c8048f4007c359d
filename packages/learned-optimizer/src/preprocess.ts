import {
  abs,
  clipByValue,
  concat,
  div,
  log,
  maximum,
  mul,
  type Tensor,
} from '@tensorflow/tfjs-core'

/**
 * How numbers of very different sizes go into the net.
 * - a number p: `(log|g| / p, sign g)` where |g| ≥ e⁻ᵖ, else `(−1, eᵖ g)`
 * - `none`: as they are
 *
 * Andrychowicz et al. 2016, appendix A, with p = 10; their published code has 5.
 */
export type Preprocess = number | 'none'

/** Columns that {@link preprocessed} makes of one. */
export function columnsOf(how: Preprocess): number {
  return how === 'none' ? 1 : 2
}

/** `[n, 1]` to `[n, 1 | 2]`. The bounds keep the logarithm, and its derivatives, finite at 0. */
export function preprocessed(g: Tensor, how: Preprocess): Tensor {
  if (how === 'none') return g
  const size = div(log(maximum(abs(g), Math.exp(-how))), how)
  return concat([size, clipByValue(mul(g, Math.exp(how)), -1, 1)], -1)
}
