import { abs, add, randomNormal, tensor } from '@tensorflow/tfjs-core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { holds, outputs, sameAsCpu } from './testing'

/** Two shapes that broadcast. */
const pairs = fc
  .array(
    fc.tuple(
      fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 1, max: 21 })),
      fc.constantFrom('both', 'both', 'a', 'b'),
    ),
    { maxLength: 6 },
  )
  .filter((axes) => axes.reduce((product, [size]) => product * size, 1) < 20_000)
  .chain((axes) =>
    fc.record({
      a: fc.constant(axes.map(([size, whose]) => (whose === 'b' ? 1 : size))),
      b: fc
        .nat({ max: axes.length })
        .map((from) => axes.slice(from).map(([size, whose]) => (whose === 'a' ? 1 : size))),
    }),
  )

const binaries = ['Add', 'Sub', 'Multiply', 'RealDiv', 'Maximum', 'Minimum', 'SquaredDifference']

describe.each(binaries)('%s', (kernel) => {
  it('broadcasts as that of the cpu backend', () =>
    holds(pairs, (inputs) => sameAsCpu('fast', { kernel, inputs }, { tolerance: 1e-6 }), 30))
})

const positive = (shape: readonly number[], seed: number) =>
  add(abs(randomNormal([...shape], 0, 1, 'float32', seed)), 0.1)

describe.each([
  ['Relu', {}, undefined],
  ['Relu6', {}, undefined],
  ['ClipByValue', { clipValueMin: -0.5, clipValueMax: 0.8 }, undefined],
  ['Step', { alpha: 0 }, undefined],
  ['Step', { alpha: -0.5 }, undefined],
  ['Neg', {}, undefined],
  ['Square', {}, undefined],
  ['Sqrt', {}, positive],
  ['Rsqrt', {}, positive],
] as const)('%s %j', (kernel, attrs, draw) => {
  it('is that of the cpu backend', () =>
    holds(
      fc.array(fc.integer({ min: 0, max: 12 }), { maxLength: 3 }),
      (x) =>
        sameAsCpu(
          'fast',
          { kernel, inputs: { x }, attrs },
          { tolerance: 1e-6, ...(draw ? { draw } : {}) },
        ),
      20,
    ))

  it('treats special numbers as the cpu backend does', async () => {
    const special = () => tensor([Number.NaN, -1, 0, Infinity, -Infinity, -0, Number.NaN])
    const call = { kernel, inputs: { x: [7] }, attrs }
    const [expected] = await outputs('cpu', call, special)
    const [actual] = await outputs('fast', call, special)
    expect(actual!.values.map((v) => v + 0)).toEqual(expected!.values.map((v) => v + 0))
  })
})
