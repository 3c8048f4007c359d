import {
  GroupedConv2D,
  GroupedConv2DBackpropFilter,
  GroupedConv2DBackpropInput,
} from '@kshot/core/backend'
import { relativeError } from '@kshot/testkit'
import { backend_util, randomNormal, stack, type Tensor } from '@tensorflow/tfjs-core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Case, holds, outputs, sameAsCpu, size } from './testing'

type Four = [number, number, number, number]
type Pad = 'valid' | 'same' | number | backend_util.ExplicitPadding

interface Geometry {
  readonly x: Four
  readonly filter: Four
  readonly strides: [number, number]
  readonly dilations: [number, number]
  readonly pad: Pad
}

const few = (min: number, max: number) => fc.integer({ min, max })
const channels = fc.oneof(fc.constant(1), few(1, 5), few(6, 19))

const pads = fc.oneof<fc.Arbitrary<Pad>[]>(
  fc.constantFrom<Pad>('same', 'valid'),
  fc.tuple(few(0, 3), few(0, 3), few(0, 3), few(0, 3)).map(([t, b, l, r]) => [
    [0, 0],
    [t, b],
    [l, r],
    [0, 0],
  ]),
)

/** Convolutions with an output. */
const geometries = fc
  .record({
    n: fc.oneof(few(0, 2), few(1, 9)),
    sizes: fc.tuple(few(1, 11), few(1, 11)),
    kernel: fc.tuple(few(1, 4), few(1, 4)),
    io: fc.tuple(channels, channels),
    strides: fc.tuple(few(1, 3), few(1, 3)),
    dilations: fc.tuple(few(1, 3), few(1, 3)),
    pad: pads,
  })
  .map(
    ({ n, sizes, kernel, io, ...attrs }): Geometry => ({
      ...attrs,
      x: [n, ...sizes, io[0]],
      filter: [...kernel, ...io],
    }),
  )
  .filter((g) => outShape(g).every((side) => side >= 0) && outShape(g)[1] * outShape(g)[2] > 0)

function outShape({ x, filter, strides, dilations, pad }: Geometry): Four {
  return backend_util.computeConv2DInfo(x, filter, strides, dilations, pad).outShape
}

const undilated = geometries
  .map((g): Geometry => ({ ...g, dilations: [1, 1] }))
  .filter((g) => outShape(g)[1] * outShape(g)[2] > 0)

function forward({ x, filter, ...attrs }: Geometry): Case {
  return { kernel: 'Conv2D', inputs: { x, filter }, attrs: { ...attrs, dataFormat: 'NHWC' } }
}

function inInput(g: Geometry): Case {
  return {
    kernel: 'Conv2DBackpropInput',
    inputs: { dy: outShape(g), filter: g.filter },
    attrs: { ...g, dataFormat: 'NHWC', inputShape: g.x },
  }
}

function inFilter(g: Geometry): Case {
  return {
    kernel: 'Conv2DBackpropFilter',
    inputs: { x: g.x, dy: outShape(g) },
    attrs: { ...g, dataFormat: 'NHWC', filterShape: g.filter },
  }
}

describe('convolutions', () => {
  it('are those of the cpu backend', () => holds(geometries, (g) => sameAsCpu('exact', forward(g))))

  it('have the derivative of the cpu backend in the input', () =>
    holds(undilated, (g) => sameAsCpu('exact', inInput(g))))

  it('have the derivative of the cpu backend in the filter', () =>
    holds(undilated, (g) => sameAsCpu('exact', inFilter(g))))

  it('go through blocks of the sum and of the outputs', async () => {
    const g: Geometry = {
      x: [2, 9, 9, 83],
      filter: [3, 3, 83, 21],
      strides: [1, 1],
      dilations: [1, 1],
      pad: 'same',
    }
    for (const call of [forward(g), inInput(g), inFilter(g)]) await sameAsCpu('exact', call)
  })

  // ⟨C(x, w), dy⟩ is linear in each: all three products give the same number
  it('have derivatives that agree with the convolution, dilated too', () =>
    holds(geometries, async (g) => {
      const [y, dx, dw] = [await only(forward(g)), await only(inInput(g)), await only(inFilter(g))]
      const [x, filter, dy] = [await draw(g.x), await draw(g.filter), await draw(outShape(g))]
      const total = dot(y, dy)
      const length = Math.hypot(...y, 1) * Math.hypot(...dy, 1)
      expect(Math.abs(dot(dx, x) - total) / length).toBeLessThan(1e-5)
      expect(Math.abs(dot(dw, filter) - total) / length).toBeLessThan(1e-5)
    }))
})

// drawn from the shape alone, so that each kernel sees the same operands
const bySize = (shape: readonly number[]): Tensor =>
  randomNormal([...shape], 0, 1, 'float32', size(shape) + shape[0]! + 1)

const draw = async (shape: readonly number[]) => {
  const x = bySize(shape)
  const values = [...x.dataSync()]
  x.dispose()
  return values
}

const only = async (call: Case) => (await outputs('exact', call, bySize))[0]!.values

const dot = (a: readonly number[], b: readonly number[]) =>
  a.reduce((total, v, i) => total + v * b[i]!, 0)

describe('convolutions in groups', () => {
  const shared = fc.constantFrom<[number, number]>([3, 3], [1, 3], [3, 1], [1, 1])

  it.each([
    [GroupedConv2D, forward],
    [GroupedConv2DBackpropInput, inInput],
    [GroupedConv2DBackpropFilter, inFilter],
  ] as const)('%s: each group is a convolution', (kernel, caseOf) =>
    holds(fc.tuple(geometries, shared), async ([g, groups]) => {
      const call = caseOf(g)
      const grouped = Object.entries(call.inputs).map(([name, shape], i) => [
        name,
        [groups[i]!, ...shape],
      ])
      const all = { ...call, kernel, inputs: Object.fromEntries(grouped) as Case['inputs'] }
      const [result] = await outputs('exact', all, (shape, seed) => inGroups(shape, seed))
      const count = Math.max(...groups)
      expect(result!.shape[0]).toBe(count)
      const length = size(result!.shape) / count
      for (let group = 0; group < count; group++) {
        const [one] = await outputs('exact', call, (shape, seed) =>
          ofGroup(shape, seed, groups[seed - 1] === 1 ? 0 : group),
        )
        const part = result!.values.slice(group * length, (group + 1) * length)
        expect(relativeError(part, one!.values, 1)).toBeLessThan(1e-5)
      }
    }),
  )
})

const ofGroup = (shape: readonly number[], seed: number, group: number): Tensor =>
  randomNormal([...shape], 0, 1, 'float32', seed + 10 * group)

function inGroups([groups, ...shape]: readonly number[], seed: number): Tensor {
  const parts = Array.from({ length: groups! }, (_, g) => ofGroup(shape, seed, g))
  return stack(parts)
}
