import fc from 'fast-check'
import { describe, it } from 'vitest'
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
