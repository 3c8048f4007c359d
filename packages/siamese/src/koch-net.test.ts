import { adam, disposeTask, metaTrain, rng, tree } from '@kshot/core'
import { activate, toyPairs } from '@kshot/testkit'
import { randomUniform, tidy } from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { kochNet, siamese } from './index'

describe('Koch’s net', () => {
  beforeAll(() => activate('wasm'))

  it('has the shapes and the parameters of the paper', () => {
    const net = kochNet({ initializer: 'torch' })
    expect(net.outputShape([105, 105, 1])).toEqual([4096])
    const { params, state } = net.init(rng(1), [105, 105, 1])
    const convolutions = [64 * 101, 128 * (49 * 64 + 1), 128 * (16 * 128 + 1), 256 * (16 * 128 + 1)]
    const expected = convolutions.reduce((a, b) => a + b) + 4096 * (6 * 6 * 256 + 1)
    expect(tree.count(params)).toBe(expected)
    expect(expected).toBe(38_947_648)
    const output = tidy(() => {
      const x = randomUniform([1, 105, 105, 1], 0, 1, 'float32', 1)
      return net.apply({ params, state }, x, { norm: 'none' }).y
    })
    expect(output.shape).toEqual([1, 4096])
    const values = output.dataSync()
    expect(values.every((v) => v > 0 && v < 1)).toBe(true)
    disposeTask([params, output])
  })

  it('is drawn as the paper says', () => {
    const { params } = kochNet({ filters: [8, 8, 8, 8], units: 64 }).init(rng(1), [105, 105, 1])
    const of = (path: string) => {
      const values = [
        ...tree
          .flatten(params)
          .find(([p]) => p === path)![1]
          .dataSync(),
      ]
      const mean = values.reduce((a, b) => a + b) / values.length
      const spread = Math.sqrt(values.reduce((s, v) => s + (v - mean) ** 2, 0) / values.length)
      return { mean, spread }
    }
    expect(of('0/filter')).toEqual({ mean: near(0, 0.002), spread: near(0.01, 0.002) })
    expect(of('0/bias')).toEqual({ mean: near(0.5, 0.02), spread: near(0.01, 0.01) })
    expect(of('12/weight')).toEqual({ mean: near(0, 0.01), spread: near(0.2, 0.01) })
    expect(of('12/bias')).toEqual({ mean: near(0.5, 0.01), spread: near(0.01, 0.005) })
  })

  it('trains', async () => {
    const backbone = kochNet({ filters: [2, 2, 2, 2], units: 4 })
    const losses: number[] = []
    const { meta, state } = await metaTrain({
      learner: siamese({ backbone, regularisation: 1e-3 }),
      optimizer: adam(1e-3),
      tasks: toyPairs({ size: 106 }),
      steps: 2,
      onStep: ({ loss }) => void losses.push(loss),
    })
    expect(losses.every(Number.isFinite)).toBe(true)
    disposeTask([meta, state])
  })
})

/** Within `by` of a number. */
const near = (value: number, by: number) => ({
  asymmetricMatch: (actual: number) => Math.abs(actual - value) < by,
  toString: () => `${value} ± ${by}`,
})
