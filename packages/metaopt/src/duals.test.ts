import { grad, rng } from '@kshot/core'
import { activate, leaked, testBackends } from '@kshot/testkit'
import {
  add,
  cast,
  eye,
  matMul,
  mul,
  oneHot,
  scalar,
  sum,
  type Tensor,
  type Tensor2D,
  tensor1d,
  tensor2d,
  tidy,
} from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { logisticDuals, ridgeWeights, svmDuals } from './index'

/** n embeddings of d numbers, of `ways` classes that overlap. */
export function problem({ n = 15, d = 8, ways = 3, seed = 1 } = {}) {
  const random = rng(seed)
  const normal = () => {
    const [u, v] = [1 - random.uniform(), random.uniform()]
    return Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * v)
  }
  const labels = Array.from({ length: n }, (_, i) => i % ways)
  const centres = Array.from({ length: ways }, () => Array.from({ length: d }, normal))
  const z = tensor2d(labels.map((k) => centres[k]!.map((c) => 0.7 * c + normal())))
  const y = cast(oneHot(tensor1d(labels, 'int32'), ways), 'float32') as Tensor2D
  return { z, y, labels, ways, n, d }
}

const kernelOf = (z: Tensor2D, ridge = 0) =>
  add(matMul(z, z, false, true), mul(ridge, eye(z.shape[0]))) as Tensor2D

describe.each(testBackends)('heads at their optimum, on %s', (backend) => {
  beforeAll(() => activate(backend))

  it('svm: the duality gap closes, and all constraints hold', async () => {
    for (let seed = 1; seed <= 10; seed++) {
      const c = seed % 2 ? 0.1 : 0.5
      const { z, y, labels, ways, n } = problem({ seed, n: 15, ways: 3, d: seed < 6 ? 8 : 40 })
      const alpha = await svmDuals(kernelOf(z, 1), y, c).array()
      const k = await kernelOf(z, 1).array()
      const f = k.map((row) =>
        Array.from({ length: ways }, (_, j) => row.reduce((s, v, i) => s + v * alpha[i]![j]!, 0)),
      )
      let [quadratic, linear, hinge] = [0, 0, 0]
      for (let i = 0; i < n; i++) {
        expect(Math.abs(alpha[i]!.reduce((a, b) => a + b))).toBeLessThan(1e-5)
        for (let j = 0; j < ways; j++) {
          quadratic += alpha[i]![j]! * f[i]![j]!
          expect(alpha[i]![j]!).toBeLessThan((labels[i] === j ? c : 0) + 1e-5)
        }
        const own = labels[i]!
        linear += alpha[i]![own]!
        hinge += Math.max(...f[i]!.map((v, j) => (j === own ? 0 : 1) + v - f[i]![own]!))
      }
      const gap = quadratic / 2 + c * hinge - (linear - quadratic / 2)
      expect(Math.abs(gap) / Math.max(1, quadratic / 2 + c * hinge)).toBeLessThan(1e-5)
    }
  })

  it('logistic: the gradient of the loss is zero', async () => {
    for (const lambda of [0.1, 1, 10]) {
      const { z, y, n } = problem({ seed: 3 })
      const a = logisticDuals(kernelOf(z), y, scalar(lambda))
      const f = (await matMul(kernelOf(z), a).array()) as number[][]
      const [coefficients, targets] = [
        (await a.array()) as number[][],
        (await y.array()) as number[][],
      ]
      for (let i = 0; i < n; i++) {
        coefficients[i]!.forEach((v, k) => {
          const p = 1 / (1 + Math.exp(-f[i]![k]!))
          expect(Math.abs(lambda * v - (targets[i]![k]! - p))).toBeLessThan(2e-5)
        })
      }
    }
  })

  it('ridge: both systems of equations give the same weights', async () => {
    const wide = problem({ n: 6, d: 10 })
    const tall = { z: wide.z, y: wide.y }
    const lambda = scalar(0.7)
    const direct = await ridgeWeights(tall.z, tall.y, lambda).data()
    const gram = add(matMul(wide.z, wide.z, true), mul(lambda, eye(10)))
    const back = await matMul(gram, ridgeWeights(wide.z, wide.y, lambda)).data()
    const right = await matMul(wide.z, wide.y, true).data()
    expect(Math.max(...back.map((v, i) => Math.abs(v - right[i]!)))).toBeLessThan(1e-4)
    expect(direct.length).toBe(30)
  })

  // With the step of finite differences: an SVM has kinks near by, the others' rounding wants a larger one.
  const heads: [string, number, (z: Tensor2D, y: Tensor2D) => Tensor][] = [
    ['svm', 2e-3, (z, y) => svmDuals(kernelOf(z, 1), y, 0.5)],
    ['logistic', 5e-3, (z, y) => logisticDuals(kernelOf(z), y, scalar(0.5))],
    ['ridge', 5e-3, (z, y) => ridgeWeights(z, y, scalar(0.5))],
  ]

  it.each(heads)('%s: first and second derivatives are those of the optimum', (_, step, head) => {
    const { z, y } = problem({ n: 9, ways: 3, d: 6, seed: 5 })
    const weights = (t: Tensor) =>
      tensor2d(
        Array.from({ length: t.shape[0]! }, (_, i) =>
          Array.from({ length: t.shape[1]! }, (_, j) => Math.sin(i + 2 * j)),
        ),
      )
    const loss = (z: Tensor) => {
      const out = head(z as Tensor2D, y)
      return sum(mul(out, weights(out)))
    }
    const direction = tensor2d(
      Array.from({ length: 9 }, (_, i) => Array.from({ length: 6 }, (_, j) => Math.cos(3 * i + j))),
    )
    const along = (f: (z: Tensor) => Tensor, h: number) =>
      (f(add(z, mul(direction, h))).dataSync()[0]! - f(add(z, mul(direction, -h))).dataSync()[0]!) /
      (2 * h)
    const slope = (z: Tensor) => sum(mul(grad(loss)(z as Tensor2D), direction))
    const first = slope(z).dataSync()[0]!
    expect(Math.abs(first - along(loss, step)) / Math.max(Math.abs(first), 0.05)).toBeLessThan(5e-3)
    const second = sum(mul(grad((z: Tensor2D) => slope(z) as never)(z), direction)).dataSync()[0]!
    expect(Math.abs(second - along(slope, step)) / Math.max(Math.abs(second), 0.05)).toBeLessThan(
      2e-2,
    )
  })

  it.each(heads)('%s: no tensor is left', async (_name, _step, head) => {
    const { z, y } = problem()
    expect(await leaked(() => tidy(() => void head(z, y)))).toBe(0)
  })
})
