import { relativeError } from '../closeness'
import { derivatives } from '../derivatives'
import { numbersOf } from '../numbers'
import { type Operation, onCpuOnly, operations } from '../operations'
import { type ConformanceCheck, fail, onCpu, outcomeOf, within } from './check'
import { coreOperations } from './core-operations'
import { type Plain, plainOperations } from './plain-operations'

/** Every operation with its derivatives, and those that have none by value. */
export const operationChecks: readonly ConformanceCheck[] = [
  ...[...operations, ...onCpuOnly, ...coreOperations].map(differentiable),
  ...plainOperations.map(plain),
]

function differentiable(operation: Operation): ConformanceCheck {
  const [name] = operation
  return {
    section: 'operations',
    name,
    run: (backend, { tolerance }) =>
      outcomeOf(async () => {
        const expected = await onCpu(name, () => derivatives(operation))
        await backend.activate()
        const actual = await derivatives(operation)
        const errors = (['value', 'gradient', 'product'] as const).map((which) =>
          relativeError(actual[which], expected[which]),
        )
        return within(errors, tolerance)
      }),
  }
}

function plain([name, f]: Plain): ConformanceCheck {
  const computed = async () => {
    const y = f()
    const { shape, dtype } = y
    const values = await numbersOf(y)
    y.dispose()
    return { shape, dtype, values }
  }
  return {
    section: 'operations',
    name,
    run: (backend, { tolerance }) =>
      outcomeOf(async () => {
        const expected = await onCpu(name, computed)
        await backend.activate()
        const actual = await computed()
        if (actual.dtype !== expected.dtype || `${actual.shape}` !== `${expected.shape}`) {
          return fail(
            `${actual.dtype} [${actual.shape}], not ${expected.dtype} [${expected.shape}]`,
          )
        }
        // whole numbers and truths are right or wrong
        const exact = expected.dtype !== 'float32'
        const error = relativeError(actual.values, expected.values)
        return within([error], exact ? Number.MIN_VALUE : tolerance)
      }),
  }
}
