import { type Estimate, estimate, KshotError } from '@kshot/core'
import { learnedOptimizer, lossCurves, type Tuned, tunedOn } from '@kshot/learned-optimizer'
import type { Study } from './studies'

/** What a study has found; JSON. */
export interface StudyResult {
  readonly study: string
  /** Steps that the learned optimizer was trained for; curves are twice as long. */
  readonly steps: number
  readonly measured: string
  readonly tuning: readonly Omit<Tuned, 'optimizer'>[]
  readonly panels: readonly Panel[]
}

export interface Panel {
  readonly title: string
  readonly problems: number
  readonly optimizers: readonly Curve[]
}

export interface Curve {
  readonly name: string
  /** Chosen on validation problems; none for what has no rate. */
  readonly rate?: number
  /** Of the losses at each step; null where it is not finite. */
  readonly quartiles: readonly (readonly [low: number, median: number, high: number] | null)[]
  /** What is measured, at the steps it was trained for and at twice as many. */
  readonly at: { readonly [step: string]: readonly number[] }
  /** The learned optimizer's less this one's, paired by problem; by step. */
  readonly difference?: { readonly [step: string]: Estimate }
}

export interface StudyEvents {
  /** Problems solved so far, and how many there will be. */
  solved?(done: number, total: number, optimizer: string): void
  readonly signal?: AbortSignal
}

export const LEARNED = 'learned'

/**
 * Searches each family's rate on validation problems, then runs all on the test problems.
 * @throws `run/interrupted`
 */
export async function runStudy(study: Study, events: StudyEvents = {}): Promise<StudyResult> {
  const { families, rates, steps, measure } = study
  const { validation, tests } = await study.problems()
  const tested = Object.values(tests).reduce((sum, { count }) => sum + count, 0)
  const total = families.length * rates.length * validation.count + (families.length + 1) * tested
  let done = 0
  const solved = async (name: string) => {
    events.solved?.(++done, total, name)
    // A signal is heard between two problems.
    await new Promise((resolve) => setImmediate(resolve))
    if (events.signal?.aborted) throw interrupted(done, total)
  }
  const tuned: Tuned[] = []
  for (const family of families) {
    tuned.push(await tunedOn(validation, family, rates, steps, measure, solved))
  }
  const compared = [
    { name: LEARNED, optimizer: learnedOptimizer.load(study.weights) },
    ...tuned.map(({ name, optimizer, rate }) => ({ name, optimizer, rate })),
  ]
  const panels: Panel[] = []
  for (const [title, set] of Object.entries(tests)) {
    const optimizers: Curve[] = []
    for (const { optimizer, ...about } of compared) {
      const curves = await lossCurves(optimizer, set, 2 * steps, () => solved(about.name))
      const at = measuredAt(curves, [steps, 2 * steps], study)
      const first = optimizers[0]
      const difference = first && { difference: differences(first.at, at) }
      optimizers.push({ ...about, quartiles: quartiles(curves), at, ...difference })
    }
    panels.push({ title, problems: set.count, optimizers })
  }
  const tuning = tuned.map(({ name, rate, trials }) => ({ name, rate, trials }))
  return { study: study.name, steps, measured: study.measured, tuning, panels }
}

function measuredAt(
  curves: readonly (readonly number[])[],
  steps: readonly number[],
  { measure }: Study,
): Curve['at'] {
  const at = (step: number) => curves.map((losses) => measure(losses.slice(0, step + 1)))
  return Object.fromEntries(steps.map((step) => [step, at(step)]))
}

function differences(learned: Curve['at'], other: Curve['at']): NonNullable<Curve['difference']> {
  const at = (step: string) => learned[step]!.map((value, i) => value - other[step]![i]!)
  return Object.fromEntries(Object.keys(other).map((step) => [step, estimate(at(step))]))
}

function quartiles(curves: readonly (readonly number[])[]): Curve['quartiles'] {
  return curves[0]!.map((_, step) => {
    const values = curves.map((losses) => losses[step]!).sort((a, b) => a - b)
    const quantile = (p: number) => values[Math.round(p * (values.length - 1))]!
    const three = [quantile(0.25), quantile(0.5), quantile(0.75)] as const
    return three.every(Number.isFinite) ? three : null
  })
}

function interrupted(done: number, total: number): KshotError {
  return new KshotError('run/interrupted', {
    got: `a signal, after ${done} of ${total} problems`,
    expected: 'a study that runs to its end',
    remedy: 'Run it again: it is made of no checkpoints',
  })
}
