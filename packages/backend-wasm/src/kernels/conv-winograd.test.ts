import { backend_util } from '@tensorflow/tfjs-core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { direct } from './conv-direct'
import { fastest } from './conv-winograd'
import { type Case, holds, sameAsCpu } from './testing'

type Four = [number, number, number, number]

const channels = fc.constantFrom(16, 24)

const geometries = fc.record({
  x: fc.tuple(
    fc.integer({ min: 1, max: 6 }),
    fc.integer({ min: 3, max: 11 }),
    fc.integer({ min: 3, max: 11 }),
    channels,
  ),
  o: channels,
  pad: fc.constantFrom('same', 'valid', 2),
})

type Geometry = typeof geometries extends fc.Arbitrary<infer T> ? T : never

const infoOf = (x: Four, o: number, pad: Geometry['pad']) =>
  backend_util.computeConv2DInfo(x, [3, 3, x[3], o], 1, 1, pad as 'same')

/** The three products, each with its geometry. */
function cases({ x, o, pad }: Geometry): Case[] {
  const filter = [3, 3, x[3], o]
  const y = infoOf(x, o, pad).outShape
  const attrs = { strides: 1, dilations: 1, pad, dataFormat: 'NHWC', inputShape: x }
  return [
    { kernel: 'Conv2D', inputs: { x, filter }, attrs },
    { kernel: 'Conv2DBackpropInput', inputs: { dy: y, filter }, attrs },
    {
      kernel: 'Conv2DBackpropFilter',
      inputs: { x, dy: y },
      attrs: { ...attrs, filterShape: filter },
    },
  ]
}

describe('convolutions by Winograd', () => {
  it('are those of the cpu backend, and so are their derivatives', async () => {
    const [byWinograd, byDirect] = [new Set<string>(), new Set<string>()]
    await holds(
      geometries,
      async (g) => {
        const method = fastest(infoOf(g.x, g.o, g.pad))
        const seen = method === direct ? byDirect : byWinograd
        seen.add(JSON.stringify(g))
        for (const call of cases(g)) await sameAsCpu('fast', call, { tolerance: 1e-4 })
      },
      25,
    )
    expect(byWinograd.size).toBeGreaterThan(5)
    expect(byDirect.size).toBeGreaterThan(0)
  })

  it('are chosen for 3 × 3 with stride 1 and many channels only', () => {
    const method = (x: Four, filter: Four, stride: number, dilation = 1) =>
      fastest(backend_util.computeConv2DInfo(x, filter, stride, dilation, 'same'))
    const x: Four = [120, 14, 14, 64]
    expect(method(x, [3, 3, 64, 64], 1)).not.toBe(direct)
    expect(method(x, [3, 3, 64, 64], 2)).toBe(direct)
    expect(method(x, [3, 3, 64, 64], 1, 2)).toBe(direct)
    expect(method(x, [5, 5, 64, 64], 1)).toBe(direct)
    expect(method(x, [3, 3, 64, 20], 1)).toBe(direct)
    expect(method([120, 28, 28, 1], [3, 3, 1, 64], 1)).toBe(direct)
    expect(method([1, 2, 2, 64], [3, 3, 64, 64], 1)).toBe(direct)
  })
})
