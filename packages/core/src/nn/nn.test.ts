import { activate, leaked, relativeError, type TestBackend, testBackends } from '@kshot/testkit'
import { mul, randomNormal, type Tensor, tensor } from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { rng } from '../random'
import * as tree from '../tree'
import { adapter } from './adapter'
import { batchNorm } from './batch-norm'
import { embeddings, frozen } from './external'
import type { ShapedModel } from './layer'
import { cnn, conv4, convMaps, finnNet, mlp } from './models'

const models: [string, ShapedModel, number[], number | number[], number][] = [
  // conv 3×3 weights + biases + gamma + beta; Snell's net has 111,936 parameters
  ['conv4', conv4(), [28, 28, 1], 64, 111_936],
  ['finnNet', finnNet(), [28, 28, 1], 64, 111_936],
  ['convMaps', convMaps(), [28, 28, 1], [5, 5, 64], 111_936],
  ['cnn, grey', cnn(), [28, 28, 1], 10, 160 + 4640 + 1568 * 128 + 128 + 1290],
  ['cnn, colour', cnn({ outputs: 5 }), [28, 28, 3], 5, 448 + 4640 + 1568 * 128 + 128 + 645],
  ['mlp', mlp(), [1], 1, 80 + 1640 + 41],
  ['adapter', adapter(), [5], 5, 25],
  ['adapter, roots', adapter({ roots: true }), [5], 5, 25],
]

describe.each(testBackends)('nets on %s', (backend: TestBackend) => {
  beforeAll(() => activate(backend))

  it.each(models)('%s has the shape and the parameters of its paper', (_, model, shape, out, n) => {
    const weights = model.init(rng(1), shape)
    expect(tree.count(weights.params)).toBe(n)
    const output = [out].flat()
    expect(model.outputShape(shape)).toEqual(output)
    const x = randomNormal([3, ...shape], 0, 1, 'float32', 1)
    const { y, state } = model.apply(weights, x, { norm: 'batch' })
    expect(y.shape).toEqual([3, ...output])
    expect([...y.dataSync()].every(Number.isFinite)).toBe(true)
    expect(tree.flatten(state).map(([p]) => p)).toEqual(tree.flatten(weights.state).map(([p]) => p))
  })

  it('draws the same weights from the same seed, within the initialiser’s bound', async () => {
    const [a, b] = [conv4().init(rng(3), [28, 28, 1]), conv4().init(rng(3), [28, 28, 1])]
    expect(await tree.equal(a.params, b.params)).toBe(true)
    const second = tree.flatten(a.params).find(([path]) => path === '1/conv/filter')![1]
    const bound = 1 / Math.sqrt(9 * 64)
    const values = [...second.dataSync()]
    expect(Math.max(...values)).toBeLessThanOrEqual(bound)
    expect(Math.max(...values)).toBeGreaterThan(0.99 * bound)
  })

  describe('batch normalisation', () => {
    const layer = batchNorm({ eps: 1e-5, momentum: 0.1 })
    const weights = () => layer.init(rng(0), [2])
    const x = () => tensor([1, 10, 3, 30, 5, 80], [3, 2])
    const values = (t: Tensor) => [...t.dataSync()]

    it('normalises a batch to mean 0 and variance 1', () => {
      const y = values(layer.apply(weights(), x(), { norm: 'batch' }).y)
      const sd = Math.sqrt(8 / 3)
      expect(relativeError([y[0]!, y[2]!, y[4]!], [-2 / sd, 0, 2 / sd])).toBeLessThan(1e-4)
    })

    it('moves the running statistics as PyTorch does: unbiased variance, momentum 0.1', () => {
      const { state } = layer.apply(weights(), x(), { norm: 'batch' })
      const { mean, variance } = state as { mean: Tensor; variance: Tensor }
      expect(relativeError(values(mean), [0.3, 4])).toBeLessThan(1e-6)
      expect(relativeError(values(variance), [0.9 + 0.4, 0.9 + 130])).toBeLessThan(1e-6)
    })

    it('judges each example alone with running statistics, and leaves them as they are', () => {
      const w = weights()
      const { y, state } = layer.apply(w, x(), { norm: 'running' })
      expect(state).toBe(w.state)
      expect(relativeError(values(y), values(x()))).toBeLessThan(1e-5)
      expect(layer.apply(w, x(), { norm: 'none' }).y.dataSync()).toEqual(x().dataSync())
    })
  })

  it('takes any network with predict, or embeddings, as a backbone', () => {
    const doubled = frozen('doubling', { predict: (x: Tensor) => mul(x, 2) })
    const empty = { params: {}, state: {} }
    const x = tensor([1, 2, 3, 4], [2, 2, 1])
    expect([...doubled.apply(empty, x, { norm: 'running' }).y.dataSync()]).toEqual([2, 4, 6, 8])
    expect(embeddings().apply(empty, x, { norm: 'running' }).y.shape).toEqual([2, 2])
    expect(embeddings().outputShape([2, 1])).toEqual([2])
    expect(embeddings({ net: mlp({ hidden: [], outputs: 3 }) }).outputShape([2])).toEqual([3])
  })

  it('begins with the embeddings as they are, or with their roots', () => {
    const x = tensor([4, -9, 3], [1, 3])
    const out = (net: ShapedModel) => [
      ...net.apply(net.init(rng(1), [3]), x, { norm: 'none' }).y.dataSync(),
    ]
    expect(out(embeddings({ net: adapter() }))).toEqual([4, -9, 3])
    const roots = [2, -3, Math.sqrt(3)].map((root) => root / 4)
    expect(out(adapter({ roots: true }))).toEqual(roots.map((v) => expect.closeTo(v, 5)))
  })

  it('leaves no tensor behind', async () => {
    const left = await leaked(() => {
      const weights = mlp().init(rng(1), [1])
      tree.dispose({ ...weights })
    })
    expect(left).toBe(0)
  })
})
