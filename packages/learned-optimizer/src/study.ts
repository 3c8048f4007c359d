import { disposeTask, KshotError, type Model, type Optimizer, type TaskSource } from '@kshot/core'
import { descend } from './descend'
import type { Problem } from './problem'

/** Problems number 0 … count - 1 of a source. */
export interface ProblemSet {
  readonly model: Model
  readonly tasks: TaskSource<Problem>
  readonly count: number
}

/** An optimizer that has one number to choose. */
export interface Family {
  readonly name: string
  make(rate: number): Optimizer
}

export interface Tuned {
  readonly name: string
  readonly optimizer: Optimizer
  readonly rate: number
  /** The mean of the measure over the validation problems; for each rate that was tried. */
  readonly trials: readonly { readonly rate: number; readonly score: number }[]
}

/** One number of a curve of losses: the less, the better. */
export type Measure = (losses: readonly number[]) => number

/** Is told after each problem, and may wait. */
export type OnProblem = (name: string) => void | Promise<void>

/**
 * The losses of an optimizer on each problem of a set, `[count][steps + 1]`.
 * @example const curves = await lossCurves(adam(0.1), set, 100)
 */
export async function lossCurves(
  optimizer: Optimizer,
  { model, tasks, count }: ProblemSet,
  steps: number,
  onProblem?: () => void | Promise<void>,
): Promise<number[][]> {
  const curves: number[][] = []
  for (let i = 0; i < count; i++) {
    const problem = await tasks(i)
    try {
      curves.push(await descend(optimizer, model, problem, steps))
    } finally {
      disposeTask(problem)
    }
    await onProblem?.()
  }
  return curves
}

/**
 * A family with the best of the given rates on validation problems; divergence counts as infinite.
 * @throws `learned-optimizer/no-rate` where it diverges at all of them
 * @example const best = await tunedOn(set, { name: 'sgd', make: sgd }, [1e-3, 1e-2, 1e-1], 100, last)
 */
export async function tunedOn(
  set: ProblemSet,
  { name, make }: Family,
  rates: readonly number[],
  steps: number,
  measure: Measure,
  onProblem?: OnProblem,
): Promise<Tuned> {
  const trials: { rate: number; score: number }[] = []
  for (const rate of rates) {
    const curves = await lossCurves(make(rate), set, steps, () => onProblem?.(name))
    const scores = curves.map((losses) => finite(measure(losses)))
    trials.push({ rate, score: scores.reduce((sum, score) => sum + score, 0) / scores.length })
  }
  const best = trials.reduce((a, b) => (b.score < a.score ? b : a))
  if (best.score === Number.POSITIVE_INFINITY) {
    throw new KshotError('learned-optimizer/no-rate', {
      got: `${name}, which diverges at each of the rates ${rates.join(', ')}`,
      expected: 'a rate at which all validation problems stay finite',
      remedy: 'Try smaller rates',
    })
  }
  return { name, optimizer: make(best.rate), rate: best.rate, trials }
}

function finite(score: number): number {
  return Number.isFinite(score) ? score : Number.POSITIVE_INFINITY
}
