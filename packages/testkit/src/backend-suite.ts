import {
  type Backend,
  conv4,
  grad,
  hvp,
  rng,
  softmaxCrossEntropy,
  tree,
  useBackend,
} from '@kshot/core'
import {
  conv2d,
  getBackend,
  matMul,
  maxPool,
  mul,
  randomNormal,
  type Scalar,
  sum,
  type Tensor,
  type Tensor4D,
  tanh,
  tensor,
  tensor1d,
} from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { relativeError } from './closeness'
import { leaked } from './leaks'
import { numbersOf } from './numbers'

/** What every backend must show: values, first and second derivatives, memory, the same bytes twice. */
export function backendSuite(backend: Backend) {
  describe(`the backend ${backend.name}`, async () => {
    const availability = await backend.available()
    if (!availability.available) {
      return it.skip(`is not available: ${availability.reason}`)
    }
    beforeAll(async () => {
      await useBackend(backend)
    })

    it('says what it runs on', async () => {
      const info = await useBackend(backend)
      expect(info.backend).toBe(backend.name)
      expect(getBackend()).toBe(backend.name)
      expect(info.device).not.toBe('')
      expect(info.kernels).not.toBe('')
      expect(info.threads).toBeGreaterThan(0)
    })

    it('computes what is known', async () => {
      const product = matMul(tensor([1, 2, 3, 4], [2, 2]), tensor([5, 6, 7, 8], [2, 2]))
      expect(await numbersOf(product)).toEqual([19, 22, 43, 50])
      const image = tensor([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 3, 3, 1]) as Tensor4D
      const ones = tensor(Array(9).fill(1), [3, 3, 1, 1]) as Tensor4D
      expect(await numbersOf(conv2d(image, ones, 1, 'same'))).toEqual([
        12, 21, 16, 27, 45, 33, 24, 39, 28,
      ])
      expect(await numbersOf(maxPool(image, 2, 2, 'valid'))).toEqual([5])
    })

    it('differentiates a convolution once and twice', async () => {
      // f(w) = Σ tanh(w · x): f′ = x (1 − t²), f″ = −2 x² t (1 − t²)
      const x = [0.5, -1, 2]
      const image = tensor(x, [3, 1, 1, 1]) as Tensor4D
      const f = ({ w }: { w: Tensor }) =>
        sum(tanh(conv2d(image, w as Tensor4D, 1, 'same'))) as Scalar
      const params = { w: tensor([0.3], [1, 1, 1, 1]) }
      const t = x.map((v) => Math.tanh(0.3 * v))
      const first = x.reduce((total, v, i) => total + v * (1 - t[i]! ** 2), 0)
      const second = x.reduce((total, v, i) => total - 2 * v * v * t[i]! * (1 - t[i]! ** 2), 0)
      expect(relativeError(await numbersOf(grad(f)(params)), [first])).toBeLessThan(1e-5)
      const vector = { w: tensor([1], [1, 1, 1, 1]) }
      expect(relativeError(await numbersOf(hvp(f, params, vector)), [second])).toBeLessThan(1e-5)
    })

    it('gives the gradient of a few-shot net, the same bytes twice, and frees everything', async () => {
      const net = conv4({ filters: 4, blocks: 2 })
      const runs: number[][] = []
      const left = await leaked(async () => {
        for (let i = 0; i < 2; i++) {
          const weights = net.init(rng(1), [8, 8, 1])
          const x = randomNormal([6, 8, 8, 1], 0, 1, 'float32', 3)
          const labels = tensor1d([0, 1, 2, 3, 0, 1], 'int32')
          const loss = (params: tree.Params) =>
            softmaxCrossEntropy(
              mul(net.apply({ params, state: weights.state }, x, { norm: 'batch' }).y, 2),
              labels,
            )
          const gradient = grad(loss)(weights.params)
          runs.push(await numbersOf(gradient))
          tree.dispose([gradient, weights.params, weights.state, x, labels])
        }
      })
      expect(runs[0]).toEqual(runs[1])
      expect(runs[0]!.every(Number.isFinite)).toBe(true)
      expect(left).toBe(0)
    })
  })
}
