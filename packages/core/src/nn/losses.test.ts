import { activate, codeOf, relativeError, testBackends } from '@kshot/testkit'
import { type Tensor, tensor } from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { grad } from '../autodiff'
import {
  accuracy,
  binaryCrossEntropy,
  logSumExp,
  meanSquaredError,
  softmax,
  softmaxCrossEntropy,
} from './losses'

const close = (x: Tensor, expected: number[]) =>
  expect(relativeError(x.dataSync(), expected)).toBeLessThan(1e-5)

describe.each(testBackends)('losses on %s', (backend) => {
  beforeAll(() => activate(backend))

  const logits = () => tensor([2, 1, 0, 0, 0, 3], [2, 3])
  const labels = () => tensor([0, 1], [2], 'int32')
  const first = Math.log(1 + Math.exp(-1) + Math.exp(-2))
  const second = 3 + Math.log(1 + 2 * Math.exp(-3))

  it('takes integer and one-hot labels, and reduces', () => {
    const oneHot = tensor([1, 0, 0, 0, 1, 0], [2, 3])
    for (const y of [labels(), oneHot]) {
      close(softmaxCrossEntropy(logits(), y), [(first + second) / 2])
      close(softmaxCrossEntropy(logits(), y, { reduction: 'sum' }), [first + second])
      close(softmaxCrossEntropy(logits(), y, { reduction: 'none' }), [first, second])
    }
  })

  it('spreads a share of the label over the classes', () => {
    const smoothed = softmaxCrossEntropy(logits(), labels(), {
      reduction: 'none',
      labelSmoothing: 0.3,
    })
    close(smoothed, [0.8 * first + 0.1 * (first + 1) + 0.1 * (first + 2), second - 0.3])
  })

  it('does not overflow', () => {
    close(logSumExp(tensor([1000, 1000], [1, 2])), [1000 + Math.log(2)])
    close(softmax(tensor([-1000, 0, 1000, 0], [2, 2]), 0), [0, 0.5, 1, 0.5])
    close(binaryCrossEntropy(tensor([200, -200]), tensor([1, 1])), [100])
    const slope = grad(({ z }: { z: Tensor }) => binaryCrossEntropy(z, tensor([1, 1])))
    close(slope({ z: tensor([200, -200]) }).z, [0, -0.5])
  })

  it('takes the mean of squared errors, and refuses targets that would be broadcast', () => {
    const column = tensor([1, 2, 3], [3, 1])
    close(meanSquaredError(column, tensor([1, 2, 6], [3, 1])), [3])
    const row = tensor([1, 2, 3])
    expect(codeOf(() => meanSquaredError(column, row))).toBe('core/shape-mismatch')
    expect(codeOf(() => meanSquaredError(column, tensor(1)))).toBe('core/shape-mismatch')
  })

  it('counts right answers, and refuses labels of another number', () => {
    close(accuracy(logits(), labels()), [0.5])
    expect(() => softmaxCrossEntropy(logits(), tensor([0], [1], 'int32'))).toThrow('labels')
  })
})
