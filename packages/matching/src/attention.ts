// Vinyals et al. 2016, Matching Networks for One Shot Learning, arXiv:1606.04080, section 2.1.
import { classMax, cosines, negativeSquaredDistances, stopGradient, unitRows } from '@kshot/core'
import { add, cast, equal, exp, log, matMul, sub, sum, type Tensor2D } from '@tensorflow/tfjs-core'

/**
 * c, the similarity of a query's embedding f and a support example's embedding g.
 * - `cosine`: f · g / (|f| |g|), the paper's
 * - `cosine-support`: f · g / |g|, as in popular re-implementations
 * - `squared-euclidean`: −|f − g|²; with one example per class, this is a Prototypical Network
 */
export type Distance = 'cosine' | 'cosine-support' | 'squared-euclidean'

/** c(f, g) for each pair: `[n, d]` and `[m, d]` to `[n, m]`. */
export function similarity(queries: Tensor2D, support: Tensor2D, distance: Distance): Tensor2D {
  if (distance === 'squared-euclidean') return negativeSquaredDistances(queries, support)
  if (distance === 'cosine') return cosines(queries, support)
  return matMul(queries, unitRows(support), false, true)
}

/**
 * log Σ exp s over the support examples of each class, `[n, m]` to `[n, ways]`; but for a constant of
 * each row, the log of the attention that falls on the class (eq. 1 and 2).
 *
 * Each class has a largest term of its own taken out, so no sum is zero, however far away a class is.
 * A class without examples gets −10⁹, that of {@link classMax}.
 * @param oneHot which class each example is of, `[m, ways]`
 */
export function classScores(scores: Tensor2D, oneHot: Tensor2D): Tensor2D {
  const absent = cast(equal(sum(oneHot, 0, true), 0), 'float32')
  const largest = stopGradient(classMax(scores, oneHot))
  // of each example, the largest of its class
  const shifted = sub(scores, matMul(largest, oneHot, false, true))
  const sums = add(matMul(exp(shifted), oneHot), absent)
  return add(log(sums), largest)
}
