import type { Problem } from './problem'

/** Coefficients while they are found, and the scores that they give. */
export interface Point {
  /** `[ways][n]` */
  readonly alpha: readonly Float64Array[]
  /** K α of each class, `[ways][n]`. */
  readonly scores: readonly Float64Array[]
}

/** Moves the coefficients of one example to their optimum, the others fixed; returns the largest change of its scores. */
export type Move = (problem: Problem, regularisation: number, point: Point, i: number) => number

/** When to stop: passes over all examples at most, and the change of scores in one that is small enough. */
interface Care {
  readonly passes: number
  readonly enough: number
}
const exact: Care = { passes: 300, enough: 1e-5 }
/** Of more than 20 examples, so many at a time. */
const FOLDS = 5
/** Of what is only compared. */
const rough: Care = { passes: 60, enough: 1e-3 }

/**
 * The optimum by coordinate descent in the dual (Hsieh et al. 2008, doi:10.1145/1390156.1390208),
 * from a point on, without some examples.
 */
export function descend(
  problem: Problem,
  regularisation: number,
  move: Move,
  point = start(problem),
  without: ReadonlySet<number> = new Set(),
  { passes, enough } = exact,
): Point {
  for (const i of without) take(problem, point, i)
  for (let pass = 0; pass < passes; pass++) {
    let change = 0
    for (let i = 0; i < problem.n; i++) {
      if (!without.has(i)) change = Math.max(change, move(problem, regularisation, point, i))
    }
    if (change < enough) break
  }
  return point
}

/**
 * Leaves out examples one by one, or where that is too much a fifth of them at a time, each from the optimum
 * with all.
 */
export function scoresWithoutEach(
  problem: Problem,
  regularisation: number,
  move: Move,
  examples: readonly number[],
): Float64Array[] {
  const optimum = descend(problem, regularisation, move, start(problem), new Set(), rough)
  const groups = Math.min(examples.length, problem.n <= 20 ? problem.n : FOLDS)
  const result: Float64Array[] = []
  for (let g = 0; g < groups; g++) {
    const group = examples.map((_, p) => p).filter((p) => p % groups === g)
    const without = new Set(group.map((p) => examples[p]!))
    const { scores } = descend(problem, regularisation, move, copy(optimum), without, rough)
    for (const p of group) result[p] = Float64Array.from(scores, (row) => row[examples[p]!]!)
  }
  return result
}

/** Adds to a coefficient. */
export function change(problem: Problem, point: Point, k: number, i: number, by: number): void {
  const { n, kernel } = problem
  const scores = point.scores[k]!
  point.alpha[k]![i]! += by
  const row = i * n
  for (let j = 0; j < n; j++) scores[j]! += by * kernel[row + j]!
}

function take(problem: Problem, point: Point, i: number): void {
  for (const [k, alpha] of point.alpha.entries()) {
    if (alpha[i] !== 0) change(problem, point, k, i, -alpha[i]!)
  }
}

function start({ ways, n }: Problem): Point {
  const zeros = () => Array.from({ length: ways }, () => new Float64Array(n))
  return { alpha: zeros(), scores: zeros() }
}

function copy({ alpha, scores }: Point): Point {
  return { alpha: alpha.map((row) => row.slice()), scores: scores.map((row) => row.slice()) }
}
