import type { Backend } from '@kshot/core'
import type { Learners } from '../reference/checks'
import type { ReferenceCase } from '../reference/format'
import { behaviourChecks } from './behaviour'
import type { Conditions, ConformanceCheck, Outcome } from './check'
import type { Declared } from './declared'
import { edgeChecks } from './edge'
import { indicesOutOfRange } from './indices'
import { oddAxes } from './odd-axes'
import { operationChecks } from './operations'
import { pytorchChecks } from './pytorch'
import { specialNumbers } from './special-numbers'
import { type Trained, trainingChecks } from './training'

export { type ConformanceCheck, type Outcome, SECTIONS, type Section } from './check'
export { type Declared, declared } from './declared'

export type ConformanceLearners = Learners & Partial<Trained>

/** All checks, the same for every backend. */
export function conformanceChecks(
  learners: ConformanceLearners,
  cases: readonly ReferenceCase[] = [],
): ConformanceCheck[] {
  const { protonet, maml } = learners
  return [
    ...operationChecks,
    ...pytorchChecks(cases, learners),
    ...(protonet && maml ? trainingChecks({ protonet, maml }) : []),
    ...edgeChecks('numbers', specialNumbers, { period: true }),
    ...edgeChecks('axes', oddAxes),
    ...edgeChecks('bounds', indicesOutOfRange),
    ...behaviourChecks,
  ]
}

export interface Examined extends Outcome {
  readonly check: ConformanceCheck
  /** Whether it passes, or is what was declared of this backend. */
  readonly ok: boolean
}

/** What a backend shows in one check, beside what is known of it. */
export async function examine(
  check: ConformanceCheck,
  backend: Backend,
  known: Declared,
  conditions: Conditions = { tolerance: 1e-4 },
): Promise<Examined> {
  const expected = known[keyOf(check)] ?? known[check.section]
  if (typeof expected === 'object') {
    return { check, verdict: 'differs', text: expected.notRun, ok: true }
  }
  const outcome = await check.run(backend, conditions)
  const ok = expected === undefined ? outcome.verdict === 'pass' : outcome.text === expected
  return { check, ...outcome, ok }
}

/** As {@link Declared} names it. */
export const keyOf = ({ section, name }: ConformanceCheck) => `${section}: ${name}`
