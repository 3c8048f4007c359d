import { add, mul, reshape, slice, sub, type Tensor, tensor2d, tidy } from '@tensorflow/tfjs-core'

/** How weights and statistics are kept for inner steps, and how one step reads and moves its own. */
export interface Rows {
  /** The values of one step, `[c]`. */
  of(values: Tensor): Tensor
  /** All values, those of the step moved by `momentum` towards `next` `[c]` times `factor` (1). */
  average(old: Tensor, next: Tensor, momentum: number, factor?: number): Tensor
}

/** One set `[c]` for all inner steps. */
export const whole: Rows = {
  of: (values) => values,
  average: (old, next, momentum, factor = 1) =>
    tidy(() => add(mul(old, 1 - momentum), mul(next, momentum * factor))),
}

/** Those of one inner step among `[steps, c]`. */
export function rowOf(index: number): Rows {
  return {
    of: (values) => reshape(slice(values, [index, 0], [1, -1]), [values.shape[1]!]),
    average: (old, next, momentum, factor = 1) =>
      tidy(() => {
        const shares = Array.from({ length: old.shape[0]! }, (_, i) => (i === index ? momentum : 0))
        const share = tensor2d(shares, [old.shape[0]!, 1])
        return add(old, mul(sub(mul(next, factor), old), share))
      }),
  }
}
