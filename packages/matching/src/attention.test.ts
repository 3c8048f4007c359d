import { grad, logSoftmax, type Params } from '@kshot/core'
import { activate, relativeError, testBackends } from '@kshot/testkit'
import { exp, sum, type Tensor, type Tensor2D, tensor2d } from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { classScores, similarity } from './attention'

describe.each(testBackends)('attention on %s', (backend) => {
  beforeAll(() => activate(backend))
  const queries = () => tensor2d([[3, 4]])
  const support = () =>
    tensor2d([
      [2, 0],
      [0, 0.5],
      [0, 0],
    ])

  it.each([
    ['cosine', [0.6, 0.8, 0]],
    ['cosine-support', [3, 4, 0]],
    ['squared-euclidean', [-17, -21.25, -25]],
  ] as const)('%s: how near each is to each', (distance, expected) => {
    const near = similarity(queries(), support(), distance)
    expect(near.shape).toEqual([1, 3])
    expect(relativeError(near.dataSync(), expected)).toBeLessThan(1e-6)
  })

  // two examples of class 0, one of class 1, none of class 2
  const members = () =>
    tensor2d([
      [1, 0, 0],
      [0, 1, 0],
      [1, 0, 0],
    ])
  const scores = (...rows: number[][]) => tensor2d(rows)

  it('sums attention over the examples of a class', () => {
    const probabilities = exp(logSoftmax(classScores(scores([1, 2, 3]), members())))
    const [a, b, c] = [1, 2, 3].map(Math.exp) as [number, number, number]
    const all = a + b + c
    expect(relativeError(probabilities.dataSync(), [(a + c) / all, b / all, 0])).toBeLessThan(1e-6)
  })

  it('is finite, and so is its slope, where attention on a class is 0 in float32', () => {
    const far = scores([0, -500, 3], [-4000, 2000, -4100])
    const logs = logSoftmax(classScores(far, members()))
    const expected = [-500 - Math.log(1 + Math.exp(3)), -6000]
    const [, second, , third] = logs.dataSync()
    expect(relativeError([second!, third!], expected)).toBeLessThan(1e-5)
    const slope = grad((s: Params) => sum(logSoftmax(classScores(s as Tensor2D, members()))))(far)
    expect([...(slope as Tensor).dataSync()].every(Number.isFinite)).toBe(true)
  })

  it('gives a class without examples next to nothing, not NaN', () => {
    const [, , absent] = classScores(scores([1, 2, 3]), members()).dataSync()
    expect(absent).toBeLessThan(-1e8)
    expect(absent).toBeGreaterThan(-1e10)
  })
})
