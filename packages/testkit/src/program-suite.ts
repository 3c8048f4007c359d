import { type Backend, grad, hvp, program, tree } from '@kshot/core'
import { dispose } from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { activate, type TestBackend } from './backends'
import { leaked } from './leaks'
import { numbersOf } from './numbers'
import { draw, type Inputs, type Operation, scalarOf } from './operations'

/** A program is recorded twice; from then on it is replayed. */
const CALLS = 4

/** Tests that every operation gives the same bytes as a program as without: value, gradient, second derivative. */
export function programSuite(
  backend: TestBackend | Backend,
  operations: readonly Operation[],
): void {
  const name = typeof backend === 'string' ? backend : backend.name

  describe(`programs on ${name}`, () => {
    beforeAll(() => activate(backend))

    it.each(operations.map((operation) => [operation[0], operation] as const))(
      'record %s: value, gradient, second derivative',
      async (_, [name, shapes, f, between]) => {
        const loss = scalarOf(f)
        const slopes = grad(loss) as (inputs: Inputs) => Inputs
        const all = (inputs: Inputs) => ({
          value: f(inputs),
          first: slopes(inputs),
          second: hvp(loss, inputs, inputs) as Inputs,
        })
        const refusals: string[] = []
        const recorded = program(all, { onRefused: (why) => refusals.push(why) })
        const call = async (i: number) => {
          const inputs = draw(`${name} ${i}`, shapes, between)
          const [found, expected] = [recorded(inputs), tree.tidy(() => all(inputs))]
          expect(await numbersOf(found)).toEqual(await numbersOf(expected))
          dispose([found, expected, inputs] as never)
        }
        for (let i = 0; i < CALLS; i++) await call(i)
        expect(refusals).toEqual([])
        expect(await leaked(() => call(CALLS))).toBe(0)
        recorded.dispose()
      },
    )
  })
}
