import { grad, hvp, type Params, tree } from '@kshot/core'
import { batchNormTrain } from '@kshot/core/nn'
import { activate, leaked, numbersOf, relativeError, useSwiftShader } from '@kshot/testkit'
import { vmap } from '@kshot/vmap'
import {
  add,
  mul,
  randomNormal,
  type Scalar,
  square,
  stack,
  sum,
  type Tensor,
  tensor,
  zeros,
} from '@tensorflow/tfjs-core'
import { describe, expect, it } from 'vitest'
import { webgpu } from '../index'

useSwiftShader()
const availability = await webgpu().available()
const missing = availability.available ? '' : `: ${availability.reason}`

interface Case {
  readonly rows: readonly number[]
  readonly c: number
  readonly relu: boolean
}

/** Rows of one stretch and of several. */
const cases: readonly Case[] = [
  { rows: [2, 3, 3], c: 5, relu: true },
  { rows: [7], c: 1, relu: false },
  { rows: [2, 10, 9], c: 3, relu: true },
]

type Inputs = { readonly x: Tensor; readonly gamma: Tensor; readonly beta: Tensor }

const draw = ({ rows, c }: Case, seed: number): Inputs => ({
  x: randomNormal([...rows, c], 3, 1, 'float32', seed),
  gamma: randomNormal([c], 0.3, 1, 'float32', seed + 1),
  beta: randomNormal([c], 0.3, 1, 'float32', seed + 2),
})

const weightsLike = ({ size, shape }: Tensor) =>
  tensor(
    Array.from({ length: size }, (_, i) => Math.cos(1.7 * i)),
    shape,
  )

/** Value, gradient, Hessian times a vector, and the statistics. */
function derivatives({ relu }: Case, inputs: Inputs, v: Inputs): Params[] {
  const normal = ({ x, gamma, beta }: Inputs) =>
    batchNormTrain(x, gamma, beta, { epsilon: 1e-3, relu })
  const loss = (p: Inputs): Scalar => {
    const { y } = normal(p)
    return sum(mul(weightsLike(y), add(y, mul(square(y), 0.5))))
  }
  const { mean, variance } = normal(inputs)
  const slopes = grad(loss as never)(inputs as never) as Params
  const curved = hvp(loss as never, inputs as never, v as never) as Params
  return [loss(inputs), slopes, curved, mean, variance]
}

/** The numbers of each leaf. */
async function numbers(f: () => Params[]): Promise<number[][]> {
  const results = tree.tidy(f)
  const values = await Promise.all(tree.leaves(results).map(numbersOf))
  tree.dispose(results)
  return values
}

describe.skipIf(missing)(`batch norm on webgpu${missing}`, () => {
  it.each(cases)('is what composed operations give on cpu: %j', async (given) => {
    const all = () => numbers(() => derivatives(given, draw(given, 1), draw(given, 7)))
    await activate('cpu')
    const expected = await all()
    await activate(webgpu())
    let actual: number[][] = []
    const left = await leaked(async () => {
      actual = await all()
    })
    expect(left).toBe(0)
    actual.forEach((values, i) => {
      expect(relativeError(values, expected[i]!, 1)).toBeLessThan(2e-5)
    })
    expect(await all()).toEqual(actual)
  })

  it.each([false, true])(
    'is for each task what it is for one; γ and β shared: %s',
    async (shared) => {
      await activate(webgpu())
      for (const given of cases.slice(1)) {
        const tasks = [1, 11, 21].map((seed) => {
          const own = draw(given, seed)
          return shared ? { ...draw(given, 1), x: own.x } : own
        })
        const v = draw(given, 5)
        const [first] = tasks as [Inputs, ...Inputs[]]
        const f = (x: Tensor, gamma: Tensor, beta: Tensor) =>
          derivatives(given, { x, gamma, beta }, v)
        const [x, gamma, beta] = (['x', 'gamma', 'beta'] as const).map((name) =>
          stack(tasks.map((task) => task[name])),
        ) as [Tensor, Tensor, Tensor]
        const atOnce = await numbers(() =>
          shared
            ? vmap((x: Tensor) => f(x, first.gamma, first.beta))(x)
            : vmap(f as (...all: Tensor[]) => Params[])(x, gamma, beta),
        )
        const oneByOne = await Promise.all(
          tasks.map((task) => numbers(() => f(task.x, task.gamma, task.beta))),
        )
        atOnce.forEach((values, i) => {
          const expected = oneByOne.flatMap((task) => task[i]!)
          expect(relativeError(values, expected, 1)).toBeLessThan(2e-5)
        })
      }
    },
  )

  it('keeps a NaN, behind the ReLU too, and takes what is empty', async () => {
    await activate(webgpu())
    const options = { epsilon: 1e-3, relu: true }
    const x = tensor([Number.NaN, 1, 2, 3], [2, 2])
    const { y } = batchNormTrain(x, undefined, zeros([2]), options)
    expect((await numbersOf(y)).map(Number.isNaN)).toEqual([true, false, true, false])
    const empty = batchNormTrain(zeros([0, 3]), undefined, zeros([3]), options)
    expect([empty.y.shape, empty.mean.shape]).toEqual([[0, 3], [3]])
    expect(await numbersOf([empty.mean, empty.variance])).toEqual(Array(6).fill(0))
  })
})
