import { activate, relativeError, testBackends } from '@kshot/testkit'
import { tensor2d } from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { cosines, negativeSquaredDistances, unitRows } from './similarity'

describe.each(testBackends)('likeness of rows on %s', (backend) => {
  beforeAll(() => activate(backend))
  const a = () => tensor2d([3, 4, 0, 0], [2, 2])
  const b = () => tensor2d([1, 0, 0, 2, 3, 4], [3, 2])

  it('is a cosine, 0 for a row of zeros', () => {
    expect([...unitRows(a()).dataSync()].map((v) => v.toFixed(5))).toEqual([
      '0.60000',
      '0.80000',
      '0.00000',
      '0.00000',
    ])
    const found = cosines(a(), b())
    expect(found.shape).toEqual([2, 3])
    expect(relativeError(found.dataSync(), [0.6, 0.8, 1, 0, 0, 0])).toBeLessThan(1e-5)
  })

  it('is largest where rows are nearest', () => {
    const found = negativeSquaredDistances(a(), b())
    expect(found.shape).toEqual([2, 3])
    expect([...found.dataSync()].map((v) => v + 0)).toEqual([-20, -13, 0, -1, -4, -25])
  })
})
