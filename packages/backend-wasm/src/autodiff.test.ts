import { grad, hvp, tree } from '@kshot/core'
import { activate, draw, type Operation, operations, relativeError, scalarOf } from '@kshot/testkit'
import { conv2d, engine, type Tensor4D, tanh } from '@tensorflow/tfjs-core'
import { describe, expect, it } from 'vitest'
import { wasm } from './index'

function derivatives([name, shapes, f, between]: Operation) {
  const inputs = draw(name, shapes, between)
  const v = draw(`${name} direction`, shapes, [-1, 1])
  const s = scalarOf(f)
  const numbers = (t: tree.Params) => tree.leaves(t).flatMap((x) => [...x.dataSync()])
  const all = engine().tidy((() => ({
    value: numbers(s(inputs)),
    gradient: numbers(grad(s)(inputs)),
    product: numbers(hvp(s, inputs, v)),
  })) as never)
  return all as never as { value: number[]; gradient: number[]; product: number[] }
}

describe.each(['exact', 'fast'] as const)('with %s kernels', (kernels) => {
  it.each(operations)('%s has the derivatives of the cpu backend, twice', async (...operation) => {
    await activate('cpu')
    const expected = derivatives(operation as never as Operation)
    await activate(wasm({ kernels }))
    const actual = derivatives(operation as never as Operation)
    expect(relativeError(actual.value, expected.value)).toBeLessThan(1e-4)
    expect(relativeError(actual.gradient, expected.gradient)).toBeLessThan(1e-4)
    expect(relativeError(actual.product, expected.product)).toBeLessThan(1e-4)
  })
})

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
  const expected = derivatives(wide)
  await activate(wasm())
  const actual = derivatives(wide)
  for (const which of ['value', 'gradient', 'product'] as const) {
    expect(relativeError(actual[which], expected[which])).toBeLessThan(1e-4)
  }
  // not the same method twice
  expect(actual.product).not.toEqual(expected.product)
})
