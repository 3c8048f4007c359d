import { activate } from '@kshot/testkit'
import { all, any, max, memory, min, prod, sum, tensor, tidy } from '@tensorflow/tfjs-core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { wasm } from '../index'
import { holds, sameAsCpu } from './testing'

const shapes = fc.array(
  fc.oneof(fc.integer({ min: 0, max: 3 }), fc.constant(1), fc.integer({ min: 2, max: 40 })),
  { maxLength: 4 },
)

const cases = shapes
  .filter((shape) => shape.reduce((a, b) => a * b, 1) < 20_000)
  .chain((shape) =>
    fc.record({
      shape: fc.constant(shape),
      axis: fc.subarray([...shape.keys()]),
      keepDims: fc.boolean(),
    }),
  )

describe.each(['Sum', 'Mean'])('%s', (kernel) => {
  it('is that of the cpu backend over any axes', () =>
    holds(cases, ({ shape, ...attrs }) =>
      sameAsCpu('fast', { kernel, inputs: { x: shape }, attrs }),
    ))

  it.each([
    [[3001, 45], 0],
    [[45, 3001], 1],
    [[2, 1025, 33], 1],
    [[7, 9, 700], 0],
  ])('goes through chunks: %j over %j', (x, axis) =>
    sameAsCpu('fast', { kernel, inputs: { x }, attrs: { axis, keepDims: false } }),
  )
})

describe.each(['exact', 'fast'] as const)('of no numbers, with %s kernels', (kernels) => {
  it.each([
    ['sum', sum, { float32: 0, int32: 0 }],
    ['prod', prod, { float32: 1, int32: 1 }],
    ['max', max, { float32: Number.NEGATIVE_INFINITY, int32: -(2 ** 31) }],
    ['min', min, { float32: Number.POSITIVE_INFINITY, int32: 2 ** 31 - 1 }],
    ['all', all, { bool: 1 }],
    ['any', any, { bool: 0 }],
  ] as const)('%s is what changes no other', async (_, reduce, neutral) => {
    await activate(wasm({ kernels }))
    const { numTensors } = memory()
    for (const [dtype, value] of Object.entries(neutral)) {
      const empty = () => tensor([], [0, 2, 3], dtype as 'float32')
      const numbers = (axis: number, keepDims: boolean) =>
        tidy(() => {
          const y = reduce(empty(), axis, keepDims)
          return { shape: y.shape, values: [...y.dataSync()] }
        })
      expect(numbers(0, false)).toEqual({ shape: [2, 3], values: Array(6).fill(value) })
      expect(numbers(0, true)).toEqual({ shape: [1, 2, 3], values: Array(6).fill(value) })
      expect(numbers(1, false)).toEqual({ shape: [0, 3], values: [] })
    }
    expect(memory().numTensors).toBe(numTensors)
  })
})
