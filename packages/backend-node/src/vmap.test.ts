import { grad, hvp } from '@kshot/core'
import {
  activate,
  draw,
  type Inputs,
  leaked,
  type Operation,
  onCpuOnly,
  operations,
  relativeError,
  scalarOf,
} from '@kshot/testkit'
import { vmap } from '@kshot/vmap'
import { stack, type Tensor } from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { node } from './index'

const TASKS = 3

/** Inputs of each task, and all of them stacked. */
function drawTasks([name, shapes, , between]: Operation) {
  const tasks = Array.from({ length: TASKS }, (_, t) => draw(`${name} ${t}`, shapes, between))
  const stacked = Object.fromEntries(
    Object.keys(shapes).map((key) => [key, stack(tasks.map((task) => task[key]!))]),
  )
  return { tasks, stacked }
}

function sameAsOneByOne(
  f: (inputs: Inputs) => Tensor,
  { tasks, stacked }: ReturnType<typeof drawTasks>,
) {
  const atOnce = [...vmap(f)(stacked).dataSync()]
  const oneByOne = tasks.flatMap((task) => [...f(task).dataSync()])
  expect(relativeError(atOnce, oneByOne)).toBeLessThan(1e-5)
}

const all = [...operations, ...onCpuOnly]
const { available } = await node().available()

describe.skipIf(!available)('vmap on libtensorflow (needs the native library)', () => {
  beforeAll(() => activate(node()))

  it.each(all.map((operation) => [operation[0], operation] as const))(
    'runs %s for all tasks: value, gradient, second derivative',
    (_, operation) => {
      const [, shapes, f] = operation
      const drawn = drawTasks(operation)
      sameAsOneByOne(f, drawn)
      const loss = scalarOf(f)
      for (const key of Object.keys(shapes)) {
        sameAsOneByOne((inputs) => grad(loss)(inputs)[key]!, drawn)
        sameAsOneByOne((inputs) => hvp(loss, inputs, inputs)[key]!, drawn)
      }
    },
  )

  it('frees what the operations made', async () => {
    const left = await leaked(() => {
      for (const operation of all) {
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
