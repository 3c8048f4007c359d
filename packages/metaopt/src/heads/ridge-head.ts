// Hoerl & Kennard 1970, doi:10.1080/00401706.1970.10488634; leave-one-out in closed form: Allen 1974, doi:10.2307/1267500.
import type { Head } from '@kshot/core/head'
import { cholesky, inverseDiagonal, solveWith } from './cholesky'
import { kernelHead, type Solver } from './kernel-head'
import type { Problem } from './problem'

export interface RidgeHeadOptions {
  /** λ. Default: chosen among 0.03 … 10 by leave-one-out; 1 if each class has one example. */
  readonly lambda?: number
}

/**
 * Ridge regression on the labels, over a frozen encoder, without training.
 *
 * - W = argmin Σ_i w_i ‖W z_i − (y_i − 1/ways)‖² + λ ‖W‖², with z as in `centroidHead` and a bias
 * - w weights all classes equally, whether they have few or many examples
 * - leaving one out: its score is y_i − 1/ways − α_i / (G⁻¹)_ii with G = Z Zᵀ + λ w⁻¹, α = G⁻¹ (y − 1/ways)
 *
 * "None of these" is decided as in `centroidHead`.
 * @throws `metaopt/bad-option`
 * @example const classifier = await createClassifier({ encoder, head: ridgeHead() })
 */
export function ridgeHead({ lambda }: RidgeHeadOptions = {}): Head {
  return kernelHead({ name: 'ridgeHead', option: 'lambda', value: lambda }, ridgeSolver)
}

export const ridgeSolver: Solver = {
  candidates: [0.03, 0.1, 0.3, 1, 3, 10],
  usual: 1,
  solve: (problem, lambda) => solved(problem, factorOf(problem, lambda)),
  scoresWithout(problem, lambda, examples) {
    const { n, ways, labels } = problem
    const factor = factorOf(problem, lambda)
    const alpha = solved(problem, factor)
    return examples.map((i) => {
      const inverse = inverseDiagonal(factor, n, i)
      return Float64Array.from({ length: ways }, (_, k) => {
        return target(labels[i]!, k, ways) - alpha[k]![i]! / inverse
      })
    })
  },
}

/** Of Z Zᵀ + λ w⁻¹. */
function factorOf({ n, kernel, weights }: Problem, lambda: number): Float64Array {
  const matrix = kernel.slice()
  for (let i = 0; i < n; i++) matrix[i * n + i]! += lambda / weights[i]!
  return cholesky(matrix, n)
}

function solved({ ways, labels }: Problem, factor: Float64Array): Float64Array[] {
  return Array.from({ length: ways }, (_, k) => {
    const alpha = Float64Array.from(labels, (label) => target(label, k, ways))
    solveWith(factor, alpha)
    return alpha
  })
}

function target(label: number, k: number, ways: number): number {
  return (label === k ? 1 : 0) - 1 / ways
}
