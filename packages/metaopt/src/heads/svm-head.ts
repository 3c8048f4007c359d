// Keerthi et al. 2008, A sequential dual method for large scale multi-class linear SVMs, doi:10.1145/1401890.1401942.
import type { Head } from '@kshot/core/head'
import { change, descend, type Move, scoresWithoutEach } from './descent'
import { kernelHead, type Solver } from './kernel-head'

export interface SvmHeadOptions {
  /** C. Default: chosen among 0.1, 1 and 10 by leave-one-out; 1 if each class has one example. */
  readonly c?: number
}

/**
 * The multi-class SVM of Crammer & Singer 2001 over a frozen encoder, without meta-training.
 *
 * W = argmin C Σ_i w_i max_k(w_k · z_i + [k ≠ y_i] − w_{y_i} · z_i) + ½ ‖W‖², with z as in `centroidHead` and a bias; w
 * weights all classes equally. The optimum is that of `svmDuals`, for any number of classes and examples.
 *
 * "None of these" is decided as in `centroidHead`.
 * @throws `metaopt/bad-option`
 * @example const classifier = await createClassifier({ encoder, head: svmHead() })
 */
export function svmHead({ c }: SvmHeadOptions = {}): Head {
  return kernelHead({ name: 'svmHead', option: 'c', value: c }, svmSolver)
}

export const svmSolver: Solver = {
  candidates: [0.1, 1, 10],
  usual: 1,
  solve: (problem, c) => [...descend(problem, c, move).alpha],
  scoresWithout: (problem, c, examples) => scoresWithoutEach(problem, c, move, examples),
}

/**
 * The coefficients of one example: minimise ½ K_ii Σ_k α_k² + Σ_k b_k α_k with Σ_k α_k = 0 and
 * α_k ≤ C [k = y], which is α_k = min(C [k = y], (β − b_k) / K_ii) with the β that makes the sum zero.
 */
const move: Move = (problem, regularisation, point, i) => {
  const { n, ways, kernel, labels, weights } = problem
  const [c, own, label] = [regularisation * weights[i]!, kernel[i * n + i]!, labels[i]!]
  const linear = Float64Array.from({ length: ways }, (_, k) => {
    return point.scores[k]![i]! - own * point.alpha[k]![i]! - (k === label ? 1 : 0)
  })
  const beta = level(linear, label, own * c)
  let largest = 0
  for (let k = 0; k < ways; k++) {
    const by = Math.min(k === label ? c : 0, (beta - linear[k]!) / own) - point.alpha[k]![i]!
    if (by === 0) continue
    largest = Math.max(largest, Math.abs(by) * own)
    change(problem, point, k, i, by)
  }
  return largest
}

/** β, from those that are at their bound the later the larger b_k + K_ii bound_k is. */
function level(linear: Float64Array, label: number, bound: number): number {
  const sorted = linear.slice()
  sorted[label]! += bound
  sorted.sort().reverse()
  let sum = sorted[0]! - bound
  let free = 1
  while (free < sorted.length && sum / free < sorted[free]!) sum += sorted[free++]!
  return sum / free
}
