import { grad, hvp, type Params, tree } from '@kshot/core'
import { batchNormTrain } from '@kshot/core/nn'
import { activate, leaked, relativeError } from '@kshot/testkit'
import { vmap } from '@kshot/vmap'
import {
  add,
  cos,
  mul,
  randomNormal,
  range,
  reshape,
  type Scalar,
  square,
  stack,
  sum,
  type Tensor,
  tensor,
  zeros,
} from '@tensorflow/tfjs-core'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { node } from './index'

interface Case {
  readonly rows: readonly number[]
  readonly c: number
  readonly relu: boolean
  readonly pool: number
}

const few = (min: number, max: number) => fc.integer({ min, max })
const cases: fc.Arbitrary<Case> = fc.constantFrom(0, 2).chain((pool) =>
  fc.record({
    rows: fc.oneof(
      fc.tuple(few(1, 4), few(2, 9), few(2, 9)),
      ...(pool ? [] : [fc.tuple(few(2, 600))]),
    ),
    c: fc.oneof(few(1, 9), few(10, 70)),
    relu: fc.boolean(),
    pool: fc.constant(pool),
  }),
)

type Inputs = { readonly x: Tensor; readonly gamma: Tensor; readonly beta: Tensor }

const draw = ({ rows, c }: Case, seed: number): Inputs => ({
  x: randomNormal([...rows, c], 3, 1, 'float32', seed),
  gamma: randomNormal([c], 0.3, 1, 'float32', seed + 1),
  beta: randomNormal([c], 0.3, 1, 'float32', seed + 2),
})

function lossOf({ relu, pool }: Case) {
  return ({ x, gamma, beta }: Inputs): Scalar => {
    const { y } = batchNormTrain(x, gamma, beta, { epsilon: 1e-3, relu, pool })
    const weights = reshape(cos(mul(range(0, y.size), 1.7)), y.shape)
    return sum(mul(weights, add(y, mul(square(y), 0.5))))
  }
}

/** Value, gradient, Hessian times a vector, and the statistics. */
function derivatives(given: Case, inputs: Inputs, v: Inputs): Params {
  const loss = lossOf(given)
  const { mean, variance } = batchNormTrain(inputs.x, inputs.gamma, inputs.beta, {
    epsilon: 1e-3,
  })
  const slopes = grad(loss as never)(inputs as never) as Params
  const curved = hvp(loss as never, inputs as never, v as never) as Params
  return { value: loss(inputs), slopes, curved, mean, variance }
}

const numbers = (params: Params) =>
  tree.leaves(params).map((x) => [...x.dataSync()] as readonly number[])

const { available } = await node().available()

describe.skipIf(!available)('batch norm on libtensorflow (needs the native library)', () => {
  beforeAll(() => activate(node()))

  it('is what composed operations give on the cpu backend, and the same bytes twice', () =>
    fc.assert(
      fc.asyncProperty(cases, async (given) => {
        const all = () =>
          numbers(tree.tidy(() => derivatives(given, draw(given, 1), draw(given, 7))))
        await activate('cpu')
        const expected = all()
        await activate(node())
        const actual = all()
        actual.forEach((values, i) => {
          expect(relativeError(values, expected[i]!, 1)).toBeLessThan(1e-4)
        })
        expect(all()).toEqual(actual)
      }),
      { numRuns: 60 },
    ))

  it('is for each task what it is for one, with parameters of its own and with shared ones', () =>
    fc.assert(
      fc.property(cases, fc.boolean(), (given, shared) => {
        const tasks = [1, 11, 21].map((seed) => {
          const own = draw(given, seed)
          return shared ? { ...draw(given, 1), x: own.x } : own
        })
        const v = draw(given, 5)
        const { gamma, beta } = tasks[0]!
        const f = (x: Tensor, affine: Omit<Inputs, 'x'>) => derivatives(given, { x, ...affine }, v)
        const stacked = (pick: (task: Inputs) => Tensor) => stack(tasks.map(pick))
        const xs = stacked(({ x }) => x)
        const atOnce = shared
          ? vmap((x: Tensor) => f(x, { gamma, beta }))(xs)
          : vmap((x: Tensor, g: Tensor, b: Tensor) => f(x, { gamma: g, beta: b }))(
              xs,
              stacked((task) => task.gamma),
              stacked((task) => task.beta),
            )
        const oneByOne = tasks.map(({ x, ...affine }) => numbers(f(x, affine)))
        numbers(atOnce).forEach((values, i) => {
          const expected = oneByOne.flatMap((task) => task[i]!)
          expect(relativeError(values, expected, 1)).toBeLessThan(1e-4)
        })
      }),
      { numRuns: 30 },
    ))

  it('keeps statistics exact where the mean is a thousand times the deviation, or an outlier leads', () => {
    const [rows, c] = [3000, 5]
    const shifts = [100, -100, 0, 1e4, 100]
    const spreads = [0.1, 0.1, 1, 1, 0]
    const noise = randomNormal([rows, c], 0, 1, 'float32', 3).dataSync()
    const x = Float32Array.from(noise, (v, i) => shifts[i % c]! + spreads[i % c]! * v)
    for (let row = 0; row < rows; row += 100) x[row * c + 2] = 1e4
    const given = tensor(x, [rows, c])
    const { mean, variance } = batchNormTrain(given, undefined, zeros([c]), { epsilon: 1e-5 })
    const average = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / rows
    for (let j = 0; j < c; j++) {
      const column = [...x].filter((_, i) => i % c === j)
      const m = average(column)
      const s = average(column.map((v) => (v - m) ** 2))
      expect(Math.abs(mean.dataSync()[j]! - m)).toBeLessThan(1e-6 + 6e-8 * Math.abs(m))
      expect(Math.abs(variance.dataSync()[j]! - s)).toBeLessThan(1e-9 + 2e-6 * s)
    }
  })

  it('takes what is empty, and leaves nothing behind', async () => {
    const left = await leaked(() => {
      for (const rows of [[0], [2, 0, 4], [0, 4, 4]]) {
        const given: Case = { rows, c: 3, relu: true, pool: rows.length > 1 ? 2 : 0 }
        const inputs = draw(given, 1)
        const slopes = grad(lossOf(given) as never)(inputs as never) as unknown as Inputs
        expect(slopes.x.shape).toEqual([...rows, 3])
        expect([...slopes.beta.dataSync()]).toEqual([0, 0, 0])
        tree.dispose([{ ...inputs }, { ...slopes }])
      }
    })
    expect(left).toBe(0)
  })
})
