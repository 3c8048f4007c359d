// Vinyals et al. 2016, Matching Networks for One Shot Learning, arXiv:1606.04080, section 2.1.
import { cosines, nearness, stopGradient, unitRows } from '@kshot/core'
import {
  add,
  cast,
  equal,
  exp,
  expandDims,
  log,
  matMul,
  max,
  mul,
  sub,
  sum,
  type Tensor2D,
  transpose,
} from '@tensorflow/tfjs-core'

/**
 * c, how near a query's embedding f is to that of a support example, g.
 * - `cosine`: f · g / (|f| |g|), the paper's
 * - `cosine-support`: f · g / |g|, as popular re-implementations compute it
 * - `squared-euclidean`: −|f − g|²; with one example a class this is a Prototypical Network
 */
export type Distance = 'cosine' | 'cosine-support' | 'squared-euclidean'

/** c(f, g) for each pair: `[n, d]` and `[m, d]` to `[n, m]`. */
export function similarity(queries: Tensor2D, support: Tensor2D, distance: Distance): Tensor2D {
  if (distance === 'squared-euclidean') return nearness(queries, support)
  if (distance === 'cosine') return cosines(queries, support)
  return matMul(queries, unitRows(support), false, true)
}

/**
 * log Σ exp s over the support examples of each class, `[n, m]` to `[n, ways]`; but for a constant of
 * each row, the log of the attention that falls on the class (eq. 1 and 2).
 *
 * Each class has a largest term of its own taken out, so no sum is zero, however far away a class is.
 * A class without examples gets {@link ABSENT}.
 * @param members `[m, ways]`, 1 where an example is of a class
 */
export function classScores(scores: Tensor2D, members: Tensor2D): Tensor2D {
  const absent = cast(equal(sum(members, 0, true), 0), 'float32')
  const largest = stopGradient(largestOfClass(scores, members))
  // of each example, the largest of its class
  const shifted = sub(scores, matMul(largest, members, false, true))
  const sums = add(matMul(exp(shifted), members), absent)
  return add(log(sums), largest)
}

/** Below any score, and far from what float32 cannot hold. */
const ABSENT = -1e9

function largestOfClass(scores: Tensor2D, members: Tensor2D) {
  const others = mul(sub(1, transpose(members)), ABSENT)
  return max(add(expandDims(scores, 1), expandDims(others, 0)), 2) as Tensor2D
}
