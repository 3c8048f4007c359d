import { grad, tree } from '@kshot/core'
import { convBlock, type LayerOptions } from '@kshot/core/nn'
import { activate, leaked, relativeError } from '@kshot/testkit'
import {
  concat,
  engine,
  mul,
  profile,
  randomNormal,
  reshape,
  type Scalar,
  slice,
  step,
  sum,
  type Tensor,
  tensor,
} from '@tensorflow/tfjs-core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { wasm } from '../index'
import { holds } from './testing'

interface Block {
  readonly images: readonly [n: number, h: number, w: number]
  readonly filters: number
  /** Pixels of 0 and 1, as a drawing: most windows of it are constant. */
  readonly binary: boolean
  readonly gamma: boolean
}

const blocks: fc.Arbitrary<Block> = fc.record({
  images: fc.tuple(
    fc.integer({ min: 1, max: 5 }),
    fc.integer({ min: 2, max: 12 }),
    fc.integer({ min: 2, max: 12 }),
  ),
  filters: fc.constantFrom(8, 16, 24),
  binary: fc.boolean(),
  gamma: fc.boolean(),
})

const draw = (shape: readonly number[], seed: number) =>
  randomNormal([...shape], 0.2, 1, 'float32', seed)
const numbers = (t: tree.Params) => tree.leaves(t).map((x) => [...x.dataSync()])
const mode: LayerOptions = { norm: 'batch' }

/** y, state, and the derivatives in the parameters and in x, of a whole block. */
function results({ images: [n, h, w], filters, binary, gamma }: Block): number[][] {
  const block = convBlock({ filters, eps: 1e-3, gamma })
  const x = draw([n, h, w, 1], 1)
  const channels = (seed: number) => draw([filters], seed)
  const params = {
    conv: { filter: draw([3, 3, 1, filters], 2), bias: channels(3) },
    norm: { ...(gamma && { gamma: channels(4) }), beta: channels(5) },
  }
  const state = { mean: channels(6), variance: channels(7) }
  const input = binary ? step(x) : x
  const dy = draw([n, Math.floor(h / 2), Math.floor(w / 2), filters], 8)
  const { y, state: moved } = block.apply({ params, state }, input, mode)
  const loss = (p: { params: tree.Params; x: Tensor }) =>
    sum(mul(block.apply({ params: p.params, state }, p.x, mode).y, dy)) as Scalar
  const slope = grad(loss)({ params, x: input })
  return numbers([y, moved, slope])
}

const tidied = <T>(f: () => T): T => {
  engine().startScope()
  try {
    return f()
  } finally {
    engine().endScope()
  }
}

describe('the first block of a net on grey images', () => {
  it('is what the cpu backend composes, and frees everything', () =>
    holds(
      blocks,
      async (block) => {
        await activate('cpu')
        const expected = tidied(() => results(block))
        await activate(wasm())
        let actual: number[][] = []
        expect(
          await leaked(() => {
            actual = tidied(() => results(block))
          }),
        ).toBe(0)
        expect(actual.length).toBe(expected.length)
        actual.forEach((values, i) => {
          expect(relativeError(values, expected[i]!, 1)).toBeLessThan(3e-5)
        })
        expect(tidied(() => results(block))).toEqual(actual)
      },
      40,
    ))

  it('is one kernel each way, and two where a second derivative may be wanted', async () => {
    await activate(wasm())
    const block = convBlock({ filters: 8 })
    const x = draw([2, 6, 6, 1], 1)
    const params = { filter: draw([3, 3, 1, 8], 2), beta: draw([8], 3) }
    const loss = ({ filter, beta }: typeof params) => {
      const weights = { conv: { filter }, norm: { beta } }
      const state = { mean: beta, variance: beta }
      return sum(block.apply({ params: weights, state }, x, mode).y) as Scalar
    }
    const kernels = async (f: () => object) => {
      const { kernelNames } = await profile(f as never)
      return kernelNames.filter((name) => /Conv|BatchNorm/.test(name)).sort()
    }
    expect(await kernels(() => grad(loss)(params))).toEqual([
      'ConvBatchNormPool',
      'ConvBatchNormPoolGrad',
    ])
    const twice = (p: typeof params) => sum(grad(loss)(p).beta) as Scalar
    const nested = await kernels(() => grad(twice)(params))
    expect(nested).not.toContain('ConvBatchNormPool')
    expect(nested).toContain('BatchNormPoolGradGrad')
  })

  it.each([false, true])(
    'serves groups, one by one the same; shared weights: %s',
    async (shared) => {
      await activate(wasm())
      const groups = 3
      const weights = (shape: number[], seed: number) => draw([shared ? 1 : groups, ...shape], seed)
      const x = draw([groups, 2, 7, 6, 1], 1)
      const affine = {
        filter: weights([3, 3, 1, 8], 2),
        gamma: weights([8], 3),
        beta: weights([8], 4),
      }
      const dy = draw([groups, 2, 3, 3, 8], 5)
      const run = (n: number, inputs: { [name: string]: Tensor }, dy: Tensor) => {
        const attrs = { epsilon: 1e-3, relu: true, groups: n }
        const { runKernel } = { runKernel: engine().runKernel.bind(engine()) }
        const forward = runKernel('ConvBatchNormPool', inputs, attrs) as never as Tensor[]
        const [, mean, variance, place] = forward
        const saved = { ...inputs, mean: mean!, variance: variance!, place: place!, dy }
        const backward = runKernel('ConvBatchNormPoolGrad', saved, attrs) as never as Tensor[]
        return [...forward, ...backward]
      }
      const group = (t: Tensor, g: number) =>
        reshape(slice(t, Math.min(g, t.shape[0]! - 1), 1), t.shape.slice(1))
      const all = run(groups, { x, ...affine }, dy)
      const single = Array.from({ length: groups }, (_, g) => {
        const own = Object.entries({ x, ...affine }).map(
          ([name, t]) => [name, group(t, g)] as const,
        )
        return run(1, Object.fromEntries(own), group(dy, g))
      })
      all.forEach((t, i) => {
        const parts = single.map((outs) => reshape(outs[i]!, [1, ...outs[i]!.shape]))
        expect(t.shape).toEqual([groups, ...single[0]![i]!.shape])
        expect([...t.dataSync()]).toEqual([...concat(parts).dataSync()])
      })
    },
  )

  it('keeps the statistics of images with a mean a thousand times the deviation', async () => {
    await activate(wasm())
    // taps that sum to zero: what is left of 100 is the noise
    const taps = [1, -2, 1, -2, 4, -2, 1, -2, 1].flatMap((v) => Array(8).fill(v / 4))
    const noise = draw([4, 12, 12, 1], 1).dataSync()
    const x = tensor(
      Float32Array.from(noise, (v) => 100 + 0.1 * v),
      [4, 12, 12, 1],
    )
    const inputs = {
      x,
      filter: tensor(taps, [3, 3, 1, 8]),
      gamma: draw([8], 2),
      beta: draw([8], 3),
    }
    const attrs = { epsilon: 1e-3, relu: false, groups: 1 }
    const run = engine().runKernel.bind(engine())
    const [, mean, variance] = run('ConvBatchNormPool', inputs, attrs) as never as Tensor[]
    const image = x.dataSync()
    const outputs = convolved(
      image,
      4,
      12,
      taps.filter((_, i) => i % 8 === 0),
    )
    const mu = outputs.reduce((a, b) => a + b, 0) / outputs.length
    const spread = outputs.reduce((a, b) => a + (b - mu) ** 2, 0) / outputs.length
    expect(relativeError(mean!.dataSync(), Array(8).fill(mu))).toBeLessThan(1e-6)
    expect(relativeError(variance!.dataSync(), Array(8).fill(spread))).toBeLessThan(1e-6)
  })
})

/** A convolution 3 × 3 of n square images in float64, zeros around. */
function convolved(x: ArrayLike<number>, n: number, side: number, taps: readonly number[]) {
  const at = (i: number, r: number, q: number) =>
    r < 0 || q < 0 || r >= side || q >= side ? 0 : x[(i * side + r) * side + q]!
  return Array.from({ length: n * side * side }, (_, p) => {
    const [i, r, q] = [Math.floor(p / side / side), Math.floor(p / side) % side, p % side]
    return taps.reduce(
      (sum, w, t) => sum + w * at(i, r + Math.floor(t / 3) - 1, q + (t % 3) - 1),
      0,
    )
  })
}
