import { activate, codeOf, testBackends } from '@kshot/testkit'
import { ones, tidy } from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { rng } from '../random'
import { cnn, conv4, convMaps, finnNet, mlp } from './models'

describe.each(testBackends)('examples that a net can not see, on %s', (backend) => {
  beforeAll(() => activate(backend))

  it.each([
    ['conv4', conv4({ filters: 2 }), 16],
    ['conv4 of two blocks', conv4({ filters: 2, blocks: 2 }), 4],
    ['convMaps', convMaps({ filters: 2 }), 10],
    ['cnn', cnn({ filters: [2, 2], hidden: 2 }), 4],
    ['finnNet', finnNet({ filters: 2 }), 1],
  ] as const)(
    '%s knows its smallest picture, when it is built and when it is applied',
    (_, net, side) => {
      const weights = net.init(rng(1), [side, side, 1])
      const apply = (n: number) =>
        tidy(() => net.apply(weights, ones([2, n, n, 1]), { norm: 'batch' }).y.size)
      expect(apply(side)).toBeGreaterThan(0)
      for (let small = 1; small < side; small++) {
        expect(codeOf(() => net.init(rng(1), [small, small, 1]))).toBe('core/input-too-small')
        expect(codeOf(() => apply(small))).toBe('core/input-too-small')
      }
      if (side > 1) expect(() => apply(side - 1)).toThrow(`at least ${side} × ${side}`)
    },
  )

  it('leaves a healthy net as it was', () => {
    const net = conv4({ filters: 4 })
    const weights = net.init(rng(1), [28, 28, 1])
    const y = () =>
      tidy(() => [...net.apply(weights, ones([2, 28, 28, 1]), { norm: 'batch' }).y.dataSync()])
    const before = y()
    for (const n of [8, 12, 14, 15]) {
      expect(codeOf(() => net.apply(weights, ones([1, n, n, 1]), { norm: 'batch' }))).toBe(
        'core/input-too-small',
      )
    }
    expect(y()).toEqual(before)
  })

  it('says what is wrong with vectors, channels and sizes', () => {
    const net = conv4({ filters: 2 })
    expect(codeOf(() => net.init(rng(1), [128]))).toBe('core/wrong-shape')
    const colour = net.init(rng(1), [16, 16, 3])
    const apply = () => net.apply(colour, ones([1, 16, 16, 1]), { norm: 'running' })
    expect(codeOf(apply)).toBe('core/wrong-shape')
    expect(apply).toThrow(/1 channels.*3, as when the net was built/)
    const dense = mlp({ hidden: [2] })
    const weights = dense.init(rng(1), [4])
    expect(codeOf(() => dense.apply(weights, ones([1, 5]), { norm: 'none' }))).toBe(
      'core/wrong-shape',
    )
  })
})
