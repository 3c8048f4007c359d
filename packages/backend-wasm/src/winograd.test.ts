import { activate, derivatives, type Operation, relativeError } from '@kshot/testkit'
import { conv2d, type Tensor4D, tanh } from '@tensorflow/tfjs-core'
import { expect, it } from 'vitest'
import { wasm } from './index'

it('convolutions by Winograd have the derivatives of direct ones, twice', async () => {
  const wide: Operation = [
    'wide convolutions',
    { x: [4, 9, 9, 16], v: [3, 3, 16, 24], w: [3, 3, 24, 16] },
    ({ x, v, w }) => {
      const hidden = tanh(conv2d(x as Tensor4D, v as Tensor4D, 1, 'same'))
      return conv2d(hidden, w as Tensor4D, 1, 'valid')
    },
    [-0.3, 0.3],
  ]
  await activate(wasm({ kernels: 'exact' }))
  const expected = await derivatives(wide)
  await activate(wasm())
  const actual = await derivatives(wide)
  for (const which of ['value', 'gradient', 'product'] as const) {
    expect(relativeError(actual[which], expected[which])).toBeLessThan(1e-4)
  }
  // not the same method twice
  expect(actual.product).not.toEqual(expected.product)
})
