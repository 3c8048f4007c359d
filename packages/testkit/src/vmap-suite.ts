import { type Backend, grad, hvp, type Params } from '@kshot/core'
import { stack, type Tensor } from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { activate, type TestBackend } from './backends'
import { relativeError } from './closeness'
import { leaked } from './leaks'
import { numbersOf } from './numbers'
import { draw, type Inputs, type Operation, scalarOf } from './operations'

const TASKS = 3

/** `vmap` of @kshot/vmap, which this package does not import. */
type Vmap = <R extends Params>(f: (inputs: Inputs) => R) => (stacked: Inputs) => R

/** Inputs of each task, and all of them stacked. */
function drawTasks([name, shapes, , between]: Operation) {
  const tasks = Array.from({ length: TASKS }, (_, t) => draw(`${name} ${t}`, shapes, between))
  const stacked = Object.fromEntries(
    Object.keys(shapes).map((key) => [key, stack(tasks.map((task) => task[key]!))]),
  )
  return { tasks, stacked }
}

/** Tests that every operation under vmap gives the same for all tasks at once as for each task alone. */
export function vmapSuite(
  vmap: Vmap,
  backend: TestBackend | Backend,
  operations: readonly Operation[],
): void {
  const name = typeof backend === 'string' ? backend : backend.name

  /** Compares what f gives for all tasks at once with what it gives task by task. */
  async function sameAsOneByOne(
    f: (inputs: Inputs) => Tensor,
    { tasks, stacked }: ReturnType<typeof drawTasks>,
  ) {
    const atOnce = await numbersOf(vmap(f)(stacked))
    const oneByOne = await numbersOf(tasks.map(f))
    expect(relativeError(atOnce, oneByOne)).toBeLessThan(1e-5)
  }

  describe(`vmap on ${name}`, () => {
    beforeAll(() => activate(backend))
    const cases = operations.map((operation) => [operation[0], operation] as const)

    it.each(cases)(
      'runs %s for all tasks: value, gradient, second derivative',
      async (_, operation) => {
        const [, shapes, f] = operation
        const inputs = drawTasks(operation)
        await sameAsOneByOne(f, inputs)
        const loss = scalarOf(f)
        for (const key of Object.keys(shapes)) {
          await sameAsOneByOne((inputs) => grad(loss)(inputs)[key]!, inputs)
          await sameAsOneByOne((inputs) => hvp(loss, inputs, inputs)[key]!, inputs)
        }
      },
    )

    it.each(cases)('runs %s with one input that all tasks share', async (_, operation) => {
      const [, shapes, f] = operation
      const inputs = drawTasks(operation)
      for (const key of Object.keys(shapes)) {
        const { [key]: shared, ...own } = inputs.tasks[0]!
        if (Object.keys(own).length === 0) continue
        const tasks = inputs.tasks.map((task) => ({ ...task, [key]: shared! }))
        const { [key]: _, ...stacked } = inputs.stacked
        const atOnce = vmap((inputs: Inputs) => grad(scalarOf(f))({ ...inputs, [key]: shared! }))(
          stacked,
        )
        const oneByOne = tasks.map((task) => grad(scalarOf(f))(task))
        for (const k of Object.keys(shapes)) {
          const expected = await numbersOf(oneByOne.map((g) => g[k]!))
          expect(relativeError(await numbersOf(atOnce[k]!), expected)).toBeLessThan(1e-5)
        }
      }
    })

    it('frees what the operations made', async () => {
      const left = await leaked(() => {
        for (const operation of operations) {
          const { tasks, stacked } = drawTasks(operation)
          const result = vmap((inputs: Inputs) => grad(scalarOf(operation[2]))(inputs))(stacked)
          for (const tensors of [...tasks, stacked, result]) {
            for (const tensor of Object.values(tensors)) tensor.dispose()
          }
        }
      })
      expect(left).toBe(0)
    })
  })
}
