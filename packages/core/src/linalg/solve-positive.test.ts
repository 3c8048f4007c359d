import { activate, leaked, testBackends } from '@kshot/testkit'
import {
  add,
  eye,
  matMul,
  mul,
  randomNormal,
  sum,
  type Tensor,
  tensor,
  tensor2d,
} from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { grad } from '../autodiff'
import { solvePositive } from './solve-positive'

describe.each(testBackends)('solvePositive on %s', (backend) => {
  beforeAll(() => activate(backend))

  const positive = (n: number, d: number, lambda: number) => {
    const z = randomNormal([n, d], 0, 1, 'float32', 3)
    return add(matMul(z, z, false, true), mul(lambda, eye(n)))
  }

  it.each([1, 2, 5, 25, 64])('solves %i equations', async (n) => {
    const a = positive(n, 2 * n, 1)
    const x = randomNormal([n, 3], 0, 1, 'float32', 7)
    const found = await solvePositive(a, matMul(a, x)).data()
    const wanted = await x.data()
    expect(Math.max(...found.map((v, i) => Math.abs(v - wanted[i]!)))).toBeLessThan(2e-3)
  })

  it('is right where fewer dimensions than equations leave λ alone on the diagonal', async () => {
    const a = positive(20, 4, 0.1)
    const b = randomNormal([20, 2], 0, 1, 'float32', 5)
    const back = await matMul(a, solvePositive(a, b)).data()
    const wanted = await b.data()
    expect(Math.max(...back.map((v, i) => Math.abs(v - wanted[i]!)))).toBeLessThan(1e-3)
  })

  it('has the third derivative of 1 / a', () => {
    const inverse = (a: Tensor) => sum(solvePositive(a, tensor2d([[1]])))
    const third = grad((a: Tensor) => sum(grad((a: Tensor) => sum(grad(inverse)(a)))(a)))
    // (1 / a)''' = −6 / a⁴
    expect(third(tensor2d([[2]])).dataSync()[0]).toBeCloseTo(-6 / 16, 4)
  })

  it('leaves no tensor behind', async () => {
    const [a, b] = [positive(6, 8, 1), tensor([[1], [2], [3], [4], [5], [6]])]
    expect(await leaked(() => solvePositive(a, b).dispose())).toBe(0)
  })

  it('refuses shapes that do not fit', () => {
    for (const [a, b] of [
      [
        [2, 3],
        [2, 1],
      ],
      [
        [2, 2],
        [3, 1],
      ],
      [[2, 2], [2]],
      [
        [4, 2, 2],
        [3, 2, 1],
      ],
    ]) {
      const make = (shape: number[]) => randomNormal(shape)
      expect(() => solvePositive(make(a!), make(b!))).toThrow('[...batch, n, n]')
    }
  })
})
