import { useBackend } from '@kshot/core'
import { solvePositive } from '@kshot/core/nn'
import { leaked } from '@kshot/testkit'
import { add, eye, matMul, mul, randomNormal, tensor } from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { wasm } from '../wasm'

describe('SolvePositive', () => {
  beforeAll(async () => {
    await useBackend(wasm())
  })

  it.each([
    [1, 1],
    [7, 3],
    [25, 5],
    [100, 20],
  ])('solves %i equations for %i right sides', async (n, m) => {
    const z = randomNormal([2, n, n], 0, 1, 'float32', 1)
    const a = add(matMul(z, z, false, true), eye(n))
    const x = randomNormal([2, n, m], 0, 1, 'float32', 2)
    const found = await solvePositive(a, matMul(a, x)).data()
    const wanted = await x.data()
    expect(Math.max(...found.map((v, i) => Math.abs(v - wanted[i]!)))).toBeLessThan(2e-3)
  })

  it('says which pivot of which matrix is not positive', async () => {
    const a = tensor([
      [
        [1, 0],
        [0, 1],
      ],
      [
        [1, 2],
        [2, 1],
      ],
    ])
    const before = tensor([
      [[1], [1]],
      [[1], [1]],
    ])
    const count = await leaked(() => {
      expect(() => solvePositive(a, before)).toThrow('number 1) whose pivot 1 is -3')
    })
    expect(count).toBe(0)
    expect(() => solvePositive(mul(a, Number.NaN), before)).toThrow('pivot 0 is NaN')
  })
})
