// Yu, Huang & Lin 2011, Dual coordinate descent methods for logistic regression, doi:10.1007/s10994-010-5221-8.
import type { Head } from '@kshot/core/head'
import { change, descend, type Move, scoresWithoutEach } from './descent'
import { kernelHead, type Solver } from './kernel-head'

export interface LogisticHeadOptions {
  /** C = 1/λ. Default: chosen among 1, 10 and 100 by leave-one-out; 10 if each class has one example. */
  readonly c?: number
}

/**
 * Logistic regression of each class against the rest, over a frozen encoder, without meta-training.
 *
 * w_k = argmin C Σ_i w_i log(1 + exp(−t_i w_k · z_i)) + ½ ‖w_k‖², with z as in `centroidHead` and a bias; w weights
 * all classes equally. The optimum is that of `logisticDuals` with λ = 1/C.
 *
 * "None of these" is decided as in `centroidHead`.
 * @throws `metaopt/bad-option`
 * @example const classifier = await createClassifier({ encoder, head: logisticHead() })
 */
export function logisticHead({ c }: LogisticHeadOptions = {}): Head {
  return kernelHead({ name: 'logisticHead', option: 'c', value: c }, logisticSolver)
}

export const logisticSolver: Solver = {
  candidates: [1, 10, 100],
  usual: 10,
  solve: (problem, c) => [...descend(problem, c, move).alpha],
  scoresWithout: (problem, c, examples) => scoresWithoutEach(problem, c, move, examples),
}

/** At the optimum α = C (y − σ(f)), and f hangs on α: one equation a class. */
const move: Move = (problem, regularisation, point, i) => {
  const { n, kernel, labels, weights } = problem
  const c = regularisation * weights[i]!
  const own = kernel[i * n + i]!
  let largest = 0
  for (const [k, alpha] of point.alpha.entries()) {
    const y = labels[i] === k ? 1 : 0
    const f = logitAt(point.scores[k]![i]! - own * alpha[i]!, own * c, y)
    const by = c * (y - sigmoid(f)) - alpha[i]!
    largest = Math.max(largest, Math.abs(by) * own)
    change(problem, point, k, i, by)
  }
  return largest
}

/** The f with f = rest + scale (y − σ(f)), by steps of Newton that stay within bounds. */
function logitAt(rest: number, scale: number, y: number): number {
  let [low, high] = [rest - scale * (1 - y), rest + scale * y]
  let f = (low + high) / 2
  for (let step = 0; step < 50; step++) {
    const p = sigmoid(f)
    const excess = f - rest - scale * (y - p)
    if (Math.abs(excess) < 1e-9) break
    if (excess > 0) high = f
    else low = f
    f -= excess / (1 + scale * p * (1 - p))
    if (!(f > low && f < high)) f = (low + high) / 2
  }
  return f
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x))
}
