import { readFileSync } from 'node:fs'
import { activate, leaked, relativeError, testBackends } from '@kshot/testkit'
import { mul, ones, scalar, sum, type Tensor, tensor, tidy } from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { valueAndGrad } from '../autodiff'
import { type Rng, rng } from '../random'
import * as tree from '../tree'
import { dropBlock, dropout } from './drop'
import { conv4 } from './models'
import { resnet12 } from './resnet12'

type Written = { readonly shape: number[]; readonly data: number[] }

// PyTorch in float64: reference/resnet12.py
const reference = JSON.parse(
  readFileSync(new URL('../../reference/data/resnet12.json', import.meta.url), 'utf8'),
) as {
  readonly filters: [number, number, number, number]
  readonly x: Written
  readonly params: Written[]
  readonly output: Written
  readonly weights: Written
  readonly gradients: Written[]
  readonly dropBlock: {
    readonly size: number
    readonly gamma: number
    readonly x: Written
    readonly uniform: Written
    readonly y: Written
  }
}
const read = ({ data, shape }: Written) => tensor(data, shape)

/** A generator whose next tensor is this one. */
const drawing = (numbers: Tensor): Rng => ({ ...rng(1), drawTensor: () => numbers })

describe.each(testBackends)('ResNet-12 on %s', (backend) => {
  beforeAll(() => activate(backend))

  it('has the output and the gradient of PyTorch', async () => {
    const net = resnet12({ filters: reference.filters })
    const x = read(reference.x)
    const { params: like, state } = net.init(rng(1), x.shape.slice(1))
    const params = tree.unflatten(like, reference.params.map(read))
    const weights = read(reference.weights)
    const { y } = net.apply({ params, state }, x, { norm: 'batch' })
    expect(relativeError([...y.dataSync()], reference.output.data)).toBeLessThan(1e-4)
    const loss = (params: tree.Params) =>
      sum(mul(net.apply({ params, state }, x, { norm: 'batch' }).y, weights))
    const { gradient } = valueAndGrad(loss as never)(params as never)
    const found = tree.leaves(gradient).flatMap((g) => [...g.dataSync()])
    const wanted = reference.gradients.flatMap(({ data }) => data)
    expect(relativeError(found, wanted)).toBeLessThan(1e-4)
  })

  it('drops the squares that its authors’ code drops', () => {
    const { size, gamma, x, uniform, y } = reference.dropBlock
    const [, h, w] = x.shape as [number, number, number]
    // p at the end of the ramp, so that γ is that of the reference.
    const rate = (gamma * size ** 2 * (h - size + 1) * (w - size + 1)) / (h * w)
    const layer = dropBlock({ rate, size, rampPasses: 10 })
    const weights = { params: {}, state: { passes: scalar(10) } }
    const result = layer.apply(weights, read(x), { norm: 'batch', rng: drawing(read(uniform)) })
    expect(relativeError([...result.y.dataSync()], y.data)).toBeLessThan(1e-5)
    expect((result.state as { passes: Tensor }).passes.dataSync()[0]).toBe(11)
  })

  it('drops more from pass to pass, and nothing without a generator', () => {
    const layer = dropBlock({ rate: 0.5, size: 2, rampPasses: 100 })
    const x = ones([4, 12, 12, 8])
    const dropped = (passes: number) => {
      const weights = { params: {}, state: { passes: scalar(passes) } }
      const { y } = layer.apply(weights, x, { norm: 'batch', rng: rng(3) })
      const numbers = [...y.dataSync()]
      // What is left has the sum that all had.
      expect(numbers.reduce((a, b) => a + b) / numbers.length).toBeCloseTo(1, 4)
      return numbers.filter((v) => v === 0).length / numbers.length
    }
    const [first, half, last] = [dropped(0), dropped(49), dropped(1000)]
    expect(first).toBeLessThan(0.02)
    expect(half).toBeGreaterThan(0.17)
    expect(half).toBeLessThan(0.3)
    // Squares overlap: a little less than the rate.
    expect(last).toBeGreaterThan(0.32)
    expect(last).toBeLessThan(0.5)
    const weights = layer.init(rng(1), [12, 12, 8])
    expect(layer.apply(weights, x, { norm: 'running' }).y).toBe(x)
    const single = dropout(0.25).apply({ params: {}, state: {} }, x, { norm: 'batch', rng: rng(4) })
    const zeros = [...single.y.dataSync()].filter((v) => v === 0).length / x.size
    expect(Math.abs(zeros - 0.25)).toBeLessThan(0.03)
  })

  it('draws the same squares from the same seed, and leaves no tensor', async () => {
    const net = resnet12({ filters: [2, 2, 2, 2], rampPasses: 1 })
    const weights = net.init(rng(1), [20, 20, 1])
    const x = ones([2, 20, 20, 1])
    const run = (seed: number) => {
      const { y } = net.apply(weights, x, { norm: 'batch', rng: rng(seed) })
      return [...y.dataSync()]
    }
    expect(run(5)).toEqual(run(5))
    const count = await leaked(() =>
      tidy(() => void net.apply(weights, x, { norm: 'batch', rng: rng(1) })),
    )
    expect(count).toBe(0)
  })

  it('has the shapes of the paper', () => {
    expect(resnet12().outputShape([84, 84, 3])).toEqual([16_000])
    expect(resnet12({ readout: 'mean' }).outputShape([84, 84, 3])).toEqual([640])
    expect(resnet12({ dropBlock: 2 }).outputShape([32, 32, 3])).toEqual([2560])
    expect(resnet12().outputShape([28, 28, 1])).toEqual([640])
    expect(conv4().outputShape([84, 84, 3])).toEqual([1600])
  })
})
