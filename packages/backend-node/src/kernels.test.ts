import { grad, hvp, tree } from '@kshot/core'
import {
  activate,
  draw,
  type Operation,
  onCpuOnly,
  operations,
  relativeError,
  scalarOf,
} from '@kshot/testkit'
import { engine } from '@tensorflow/tfjs-core'
import { describe, expect, it } from 'vitest'
import { node } from './index'

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

const { available } = await node().available()

describe.skipIf(!available)('libtensorflow (needs the native library)', () => {
  it.each([...operations, ...onCpuOnly])(
    '%s has the derivatives of the cpu backend, twice',
    async (...operation) => {
      await activate('cpu')
      const expected = derivatives(operation as never as Operation)
      await activate(node())
      const actual = derivatives(operation as never as Operation)
      expect(relativeError(actual.value, expected.value)).toBeLessThan(1e-4)
      expect(relativeError(actual.gradient, expected.gradient)).toBeLessThan(1e-4)
      expect(relativeError(actual.product, expected.product)).toBeLessThan(1e-4)
    },
  )
})
