import { batchNormTrain, conv4, finnNet, grad, hvp, rng, tree } from '@kshot/core'
import { activate, leaked, relativeError } from '@kshot/testkit'
import {
  add,
  concat,
  mul,
  ones,
  randomNormal,
  reshape,
  type Scalar,
  slice,
  square,
  sum,
  type Tensor,
  tanh,
  tensor,
  tidy,
  zeros,
} from '@tensorflow/tfjs-core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { wasm } from '../index'
import { type Case, holds, outputs } from './testing'

interface Normed {
  readonly groups: number
  readonly rows: readonly number[]
  readonly c: number
  readonly relu: boolean
  /** Whether all groups have one γ and β. */
  readonly shared: boolean
}

const normed: fc.Arbitrary<Normed> = fc.record({
  groups: fc.constantFrom(1, 1, 2, 3),
  rows: fc.oneof(
    fc.tuple(fc.integer({ min: 2, max: 300 })),
    fc.tuple(
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 2, max: 9 }),
      fc.integer({ min: 1, max: 9 }),
    ),
  ),
  c: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 70 })),
  relu: fc.boolean(),
  shared: fc.boolean(),
})

const epsilon = 1e-3

type Inputs = { readonly [name: string]: readonly number[] }

function shapes({ groups, rows, c, shared }: Normed) {
  const group = groups > 1 ? [groups] : []
  const x = [...group, ...rows, c]
  const channels = [...group, c]
  const affine = groups > 1 && shared ? [1, c] : channels
  return { x, channels, affine }
}

const names = {
  BatchNormTrain: ['x', 'gamma', 'beta'],
  BatchNormTrainGrad: ['dy', 'x', 'gamma', 'beta', 'mean', 'variance'],
  BatchNormTrainGradGrad: [
    ...['ddx', 'ddgamma', 'ddbeta', 'dy', 'x', 'gamma', 'beta', 'mean', 'variance'],
  ],
} as const

function call(kernel: keyof typeof names, input: Normed): Case {
  const { x, channels, affine } = shapes(input)
  const shapeOf = (name: string) => {
    if (['x', 'dy', 'ddx'].includes(name)) return x
    return ['gamma', 'beta'].includes(name) ? affine : channels
  }
  const inputs: Inputs = Object.fromEntries(names[kernel].map((name) => [name, shapeOf(name)]))
  const { groups, relu } = input
  return { kernel, inputs, attrs: { epsilon, relu, groups } }
}

/** Numbers that depend on the name of the input, so that each kernel of a case is given the same. */
function draw(name: string, shape: readonly number[]): Tensor {
  const seed = names.BatchNormTrainGradGrad.indexOf(name as never) + 1
  return randomNormal([...shape], name === 'x' ? 3 : 0.3, 1, 'float32', seed)
}

/** What composed operations give on the cpu backend, group by group. */
async function expected(kernel: keyof typeof names, input: Normed): Promise<number[][]> {
  await activate('cpu')
  const results = tidy(() => {
    const { inputs } = call('BatchNormTrainGradGrad', input)
    const drawn = Object.fromEntries(Object.entries(inputs).map(([k, s]) => [k, draw(k, s)]))
    const perGroup = Array.from({ length: input.groups }, (_, g) => {
      const own = Object.fromEntries(
        Object.entries(drawn).map(([k, t]) => [k, group(t, g, input.groups)]),
      )
      return composed(kernel, own, input.relu)
    })
    return perGroup[0]!.map((_, i) => concat(perGroup.map((outs) => reshape(outs[i]!, [-1]))))
  })
  const values = results.map((x) => [...x.dataSync()])
  for (const x of results) x.dispose()
  return values
}

function group(x: Tensor, g: number, groups: number): Tensor {
  if (groups === 1) return x
  return reshape(slice(x, Math.min(g, x.shape[0]! - 1), 1), x.shape.slice(1))
}

type Named = { readonly [name: string]: Tensor }

function composed(kernel: keyof typeof names, inputs: Named, relu: boolean): Tensor[] {
  const normal = ({ x, gamma, beta }: Named) => batchNormTrain(x!, gamma, beta!, { epsilon, relu })
  const { ddx, ddgamma, ddbeta, dy, x, gamma, beta } = inputs as { [name: string]: Tensor }
  if (kernel === 'BatchNormTrain') {
    const { y, mean, variance } = normal(inputs)
    return [y, mean, variance]
  }
  const backward = ({ dy, ...p }: Named) =>
    grad((q: Named) => sum(mul(dy!, normal(q).y)))({ x: p.x!, gamma: p.gamma!, beta: p.beta! })
  if (kernel === 'BatchNormTrainGrad') {
    const slope = backward({ dy: dy!, x: x!, gamma: gamma!, beta: beta! })
    return [slope.x!, slope.gamma!, slope.beta!]
  }
  const twice = grad((p: Named) => {
    const slope = backward(p)
    const dots = [mul(slope.x!, ddx!), mul(slope.gamma!, ddgamma!), mul(slope.beta!, ddbeta!)]
    return dots.map((dot) => sum(dot)).reduce((a, b) => add(a, b))
  })({ dy: dy!, x: x!, gamma: gamma!, beta: beta! })
  expect([...twice.beta!.dataSync()].every((v) => v === 0)).toBe(true)
  return [twice.dy!, twice.x!, twice.gamma!]
}

/** The statistics of a case, which the derivatives are given. */
async function ours(kernel: keyof typeof names, input: Normed) {
  const order = Object.keys(call(kernel, input).inputs)
  const [, mean, variance] = await outputs('fast', call('BatchNormTrain', input), (shape, i) =>
    draw(names.BatchNormTrain[i - 1]!, shape),
  )
  return outputs('fast', call(kernel, input), (shape, i) => {
    const name = order[i - 1]!
    const given = { mean, variance }[name]
    return given ? tensor([...given.values], [...shape]) : draw(name, shape)
  })
}

const kernels = Object.keys(names) as (keyof typeof names)[]

describe('batch norm', () => {
  it.each(kernels)('%s is what composed operations give', (kernel) =>
    holds(normed, async (input) => {
      const actual = await ours(kernel, input)
      const wanted = await expected(kernel, input)
      actual.forEach((x, i) => {
        expect(relativeError(x.values, wanted[i]!, 1)).toBeLessThan(2e-5)
      })
      expect(await ours(kernel, input)).toEqual(actual)
    }),
  )

  it('keeps statistics exact where the mean is a thousand times the deviation, or an outlier leads', async () => {
    const c = 5
    const rows = 3000
    const noise = draw('x', [rows, c]).dataSync()
    const shifts = [100, -100, 0, 1e4, 100]
    const spreads = [0.1, 0.1, 1, 1, 0]
    const x = Float32Array.from(noise, (v, i) => shifts[i % c]! + spreads[i % c]! * (v - 3))
    // what the sums are shifted by first is made of such rows
    for (let row = 0; row < rows; row += Math.floor(rows / 16)) x[row * c + 2] = 1e4
    const column = (j: number) => x.filter((_, i) => i % c === j)
    const expected = [...Array(c).keys()].map((j) => moments(column(j)))
    const { inputs } = call('BatchNormTrain', input({ rows: [rows], c }))
    const attrs = { epsilon, relu: false, groups: 1 }
    const given = { x: () => tensor(x, [rows, c]), gamma: () => ones([c]), beta: () => zeros([c]) }
    const [y, mean, variance] = await outputs(
      'fast',
      { kernel: 'BatchNormTrain', inputs, attrs },
      (_, i) => Object.values(given)[i - 1]!(),
    )
    for (const [j, m] of expected.entries()) {
      // a float32 number holds a mean of 100 to 4e-6
      expect(Math.abs(mean!.values[j]! - m.mean)).toBeLessThan(1e-6 + 6e-8 * Math.abs(m.mean))
      expect(Math.abs(variance!.values[j]! - m.variance)).toBeLessThan(1e-9 + 2e-6 * m.variance)
      const inverse = 1 / Math.sqrt(m.variance + epsilon)
      const normal = [...column(j)].map((v) => (v - m.mean) * inverse)
      const actual = y!.values.filter((_, i) => i % c === j)
      const rounding = 1e-6 + 6e-8 * Math.abs(m.mean) * inverse
      expect(relativeError(actual, normal, 1e9)).toBeLessThan(rounding * Math.max(...normal, 1))
    }
  })

  it.each(kernels)('%s takes what is empty', async (kernel) => {
    for (const [rows, c, groups] of [
      [[0], 3, 1],
      [[4, 0], 3, 2],
      [[4], 0, 1],
    ] as const) {
      const results = await outputs('fast', call(kernel, input({ rows, c, groups })))
      const { x, channels } = shapes(input({ rows, c, groups }))
      const shared = results.filter(({ shape }) => shape.join() === channels.join())
      expect(results.filter(({ shape }) => shape.join() === x.join()).length).toBeGreaterThan(0)
      expect(shared.length).toBeGreaterThan(0)
    }
  })

  it.each([conv4({ filters: 6, blocks: 2 }), finnNet({ filters: 6, blocks: 2, gamma: false })])(
    'gives a net the derivatives of the cpu backend, and frees everything',
    async (net) => {
      const derivatives = () => {
        const { params, state } = net.init(rng(1), [12, 12, 1])
        const x = randomNormal([5, 12, 12, 1], 0, 1, 'float32', 5)
        const f = (p: tree.Params) => {
          const { y } = net.apply({ params: p, state }, x, { norm: 'batch' })
          return sum(square(tanh(y))) as Scalar
        }
        const results = [grad(f)(params), hvp(f, params, params)]
        const values = results.map((t) => tree.leaves(t).flatMap((v) => [...v.dataSync()]))
        tree.dispose([params, state, x, ...results])
        return values
      }
      await activate('cpu')
      const expected = derivatives()
      await activate(wasm())
      let actual: number[][] = []
      expect(
        await leaked(() => {
          actual = derivatives()
        }),
      ).toBe(0)
      actual.forEach((values, i) => {
        expect(relativeError(values, expected[i]!)).toBeLessThan(2e-5)
      })
      expect(derivatives()).toEqual(actual)
    },
  )
})

const input = (given: Partial<Normed>): Normed => ({
  ...{ groups: 1, rows: [3], c: 2, relu: true, shared: false },
  ...given,
})

function moments(values: Float32Array) {
  const mean = values.reduce((a, b) => a + b, 0) / values.length
  const variance = values.reduce((total, v) => total + (v - mean) ** 2, 0) / values.length
  return { mean, variance }
}
