import { grad } from '@kshot/core'
import { MaxPoolGradGrad } from '@kshot/core/backend'
import { activate } from '@kshot/testkit'
import {
  backend_util,
  engine,
  mul,
  type NamedTensorMap,
  randomUniform,
  round,
  type Scalar,
  sum,
  type Tensor,
  tensor,
  tidy,
} from '@tensorflow/tfjs-core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { wasm } from '../index'
import { holds, outputs, sameAsCpu } from './testing'

type Four = [number, number, number, number]

const few = (min: number, max: number) => fc.integer({ min, max })

const geometries = fc
  .record({
    x: fc.tuple(few(0, 3), few(1, 9), few(1, 9), few(1, 9)),
    filterSize: fc.tuple(few(1, 4), few(1, 4)),
    strides: fc.tuple(few(1, 4), few(1, 4)),
    pad: fc.constantFrom('same', 'valid'),
  })
  .filter((g) => g.pad === 'same' || g.filterSize.every((k, i) => k <= g.x[i + 1]!))

type Geometry = typeof geometries extends fc.Arbitrary<infer T> ? T : never

function outShape({ x, filterSize, strides, pad }: Geometry): Four {
  return backend_util.computePool2DInfo(x as Four, filterSize, strides, 1, pad as 'same').outShape
}

// few different numbers, many equal, many windows all negative
const coarse = (shape: readonly number[], seed: number) =>
  round(randomUniform([...shape], -4, 1, 'float32', seed))

describe('MaxPoolGrad', () => {
  it('is that of the cpu backend: of equals, the first is the maximum', () =>
    holds(geometries, ({ x, ...attrs }) => {
      const y = outShape({ x, ...attrs })
      const inputs = { dy: y, input: x, output: y }
      return sameAsCpu('fast', { kernel: 'MaxPoolGrad', inputs, attrs }, { draw: coarse })
    }))
})

describe('MaxPoolGradGrad', () => {
  // ⟨take(v), dy⟩ = ⟨v, MaxPoolGrad(dy)⟩ for each unit vector dy: compared in whole numbers, exactly
  it('is the adjoint of MaxPoolGrad', () =>
    holds(geometries, async ({ x, ...attrs }) => {
      const y = outShape({ x, ...attrs })
      const draw = (shape: readonly number[], seed: number) => coarse(shape, seed)
      const forward = { kernel: 'MaxPoolGrad', inputs: { dy: y, input: x, output: y }, attrs }
      const [dx] = await outputs('fast', forward, draw)
      const back = { kernel: MaxPoolGradGrad, inputs: { ddx: x, input: x, output: y }, attrs }
      const [taken] = await outputs('fast', back, draw)
      expect(taken!.shape).toEqual(y)
      const dy = values(coarse(y, 1))
      const v = values(coarse(x, 1))
      expect(dot(taken!.values, dy)).toBe(dot(v, dx!.values))
    }))

  it('takes one entry of each window', async () => {
    const attrs = { filterSize: 2, strides: 2, pad: 'valid' }
    const inputs = { ddx: [1, 2, 4, 1], input: [1, 2, 4, 1], output: [1, 1, 2, 1] }
    const numbers = [
      [10, 20, 30, 40, 50, 60, 70, 80],
      [-1, -3, 5, 5, -2, -1, 5, 4],
    ]
    const draw = (shape: readonly number[], seed: number) =>
      tensor(numbers[seed - 1] ?? [0, 0], [...shape])
    const [taken] = await outputs('fast', { kernel: MaxPoolGradGrad, inputs, attrs }, draw)
    expect(taken!.values).toEqual([10, 30])
  })
})

describe('the gradient of MaxPoolGradGrad', () => {
  it('is MaxPoolGrad', async () => {
    await activate(wasm())
    const attrs = { filterSize: 3, strides: 2, pad: 'same' }
    const run = (kernel: string, inputs: object) =>
      engine().runKernel(kernel, inputs as NamedTensorMap, attrs) as Tensor
    const [input, ddx, dy] = [
      coarse([2, 5, 7, 3], 1),
      coarse([2, 5, 7, 3], 2),
      coarse([2, 3, 4, 3], 3),
    ]
    const f = (v: Tensor) =>
      sum(mul(dy, run(MaxPoolGradGrad, { ddx: v, input, output: dy }))) as Scalar
    const [actual, expected] = tidy(() => [
      [...grad(f)(ddx).dataSync()],
      [...run('MaxPoolGrad', { dy, input, output: dy }).dataSync()],
    ])
    expect(actual).toEqual(expected)
    expect(actual!.some((v) => v !== 0)).toBe(true)
    for (const x of [input, ddx, dy]) x.dispose()
  })
})

function values(x: ReturnType<typeof coarse>): number[] {
  const read = [...x.dataSync()]
  x.dispose()
  return read
}

const dot = (a: readonly number[], b: readonly number[]) =>
  a.reduce((total, v, i) => total + v * b[i]!, 0)
