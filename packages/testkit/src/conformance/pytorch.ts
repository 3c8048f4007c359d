import type { Backend } from '@kshot/core'
import { checkCase, type Learners } from '../reference/checks'
import { type Check, within as close } from '../reference/compare'
import type { ReferenceCase } from '../reference/format'
import { operationChecks } from '../reference/operations'
import {
  type ConformanceCheck,
  errorText,
  fail,
  type Outcome,
  outcomeOf,
  pass,
  within,
} from './check'

/** The learner that a kind of case is about. */
const LEARNER_OF: { readonly [kind: string]: keyof Learners } = {
  maml: 'maml',
  anil: 'maml',
  metasgd: 'metaSgd',
  reptile: 'reptile',
  protonet: 'protonet',
  matching: 'matching',
}

/** What a file of PyTorch's values says of operations, and of learners that are given. */
export function pytorchChecks(
  cases: readonly ReferenceCase[],
  learners: Learners,
): ConformanceCheck[] {
  const ops = cases.filter(({ kind }) => kind === 'hvp').flatMap((c) => (c as never as Ops).ops)
  const learned = cases.filter(({ kind }) => LEARNER_OF[kind] && learners[LEARNER_OF[kind]])
  return [...ops.map(operation), ...learned.map((c) => learner(c, learners))]
}

interface Ops {
  readonly ops: Parameters<typeof operationChecks>[0]['ops']
}

function operation(o: Ops['ops'][number]): ConformanceCheck {
  return {
    section: 'pytorch',
    name: o.op,
    run: (backend, { tolerance }) =>
      outcomeOf(async () => {
        await backend.activate()
        const checks = await operationChecks({ ops: [o] }, close)
        const orders = ['value', 'gradient', 'Hessian'].map((order) =>
          checks.filter(({ what }) => what.includes(order)).map(({ error }) => error),
        )
        return within(
          orders.filter((errors) => errors.length > 0).map((errors) => Math.max(...errors)),
          tolerance,
        )
      }),
  }
}

function learner(c: ReferenceCase, learners: Learners): ConformanceCheck {
  return {
    section: 'learners',
    name: c.name,
    run: (backend: Backend) =>
      outcomeOf(async () => {
        await backend.activate()
        const checks = await checkCase(c, learners)
        return checks?.length ? verdict(checks) : fail('nothing was compared')
      }),
  }
}

function verdict(checks: readonly Check[]): Outcome {
  const missed = checks.filter(({ ok }) => !ok)
  const [first] = missed
  if (first) return fail(`${missed.length} of ${checks.length}: ${first.what}, ${first.error}`)
  const errors = checks.filter(({ distinct }) => !distinct).map(({ error }) => error)
  return pass(errorText(Math.max(...errors)))
}
