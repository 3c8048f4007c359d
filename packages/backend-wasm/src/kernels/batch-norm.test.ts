import { conv4, finnNet, grad, hvp, rng, tree } from '@kshot/core'
import { activate, leaked, relativeError } from '@kshot/testkit'
import {
  ones,
  randomNormal,
  round,
  type Scalar,
  square,
  sum,
  tanh,
  tensor,
  zeros,
} from '@tensorflow/tfjs-core'
import { describe, expect, it } from 'vitest'
import { wasm } from '../index'
import {
  call,
  draw,
  epsilon,
  expected,
  type Normed,
  normed,
  ours,
  parts,
  shapes,
} from './batch-norm.testing'
import { holds, outputs } from './testing'

describe('batch norm', () => {
  it.each(parts)('BatchNorm…%s is what composed operations give', (part) =>
    holds(normed, async (input) => {
      const actual = await ours(part, input)
      const wanted = await expected(part, input)
      actual.forEach((x, i) => {
        expect(relativeError(x.values, wanted[i]!, 1)).toBeLessThan(2e-5)
      })
      expect(await ours(part, input)).toEqual(actual)
    }),
  )

  it('takes the first of equal maxima, as the cpu backend does', async () => {
    // few different numbers: in most windows two or more are equal
    const given = input({ rows: [3, 7, 6], c: 6, pool: true, groups: 2 })
    for (const part of parts) {
      const actual = await ours(part, given, rounded)
      const wanted = await expected(part, given, rounded)
      actual.forEach((x, i) => {
        expect(relativeError(x.values, wanted[i]!, 1)).toBeLessThan(2e-5)
      })
    }
  })

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
    const { inputs } = call('', input({ rows: [rows], c }))
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

  it.each(parts)('BatchNorm…%s takes what is empty', async (part) => {
    for (const given of [
      { rows: [0], c: 3 },
      { rows: [4, 0], c: 3, groups: 2 },
      { rows: [4], c: 0 },
      { rows: [0, 4, 4], pool: true },
      { rows: [2, 0, 4], pool: true, groups: 2 },
      { rows: [2, 4, 1], pool: true },
      { rows: [2, 1, 4], pool: true },
      { rows: [2, 2, 2], c: 0, pool: true },
    ]) {
      const results = await outputs('fast', call(part, input(given)))
      const { x, y, channels } = shapes(input(given))
      const shared = results.filter(({ shape }) => shape.join() === channels.join())
      expect(
        results.filter(({ shape }) => [x, y].some((s) => s.join() === shape.join())).length,
      ).toBeGreaterThan(0)
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

const rounded: typeof draw = (name, shape) => {
  const x = draw(name, shape)
  return name === 'x' ? round(x) : x
}

const input = (given: Partial<Normed>): Normed => ({
  groups: 1,
  rows: [3],
  c: 2,
  relu: true,
  shared: false,
  pool: false,
  ...given,
})

function moments(values: Float32Array) {
  const mean = values.reduce((a, b) => a + b, 0) / values.length
  const variance = values.reduce((total, v) => total + (v - mean) ** 2, 0) / values.length
  return { mean, variance }
}
