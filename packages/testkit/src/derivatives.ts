import { type Backend, grad, hvp, tree } from '@kshot/core'
import { engine } from '@tensorflow/tfjs-core'
import { expect, it } from 'vitest'
import { activate, type TestBackend } from './backends'
import { relativeError } from './closeness'
import { draw, type Operation, scalarOf } from './operations'

/** What an operation gives on the active backend: its value, its gradient, its Hessian times a direction. */
export function derivatives([name, shapes, f, between]: Operation) {
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

/** Every operation has the derivatives of the cpu backend, twice. */
export function derivativesSuite(
  backend: TestBackend | Backend,
  operations: readonly Operation[],
): void {
  const named = operations.map((operation) => [operation[0], operation] as const)
  it.each(named)('%s has the derivatives of the cpu backend, twice', async (_, operation) => {
    await activate('cpu')
    const expected = derivatives(operation)
    await activate(backend)
    const actual = derivatives(operation)
    expect(relativeError(actual.value, expected.value)).toBeLessThan(1e-4)
    expect(relativeError(actual.gradient, expected.gradient)).toBeLessThan(1e-4)
    expect(relativeError(actual.product, expected.product)).toBeLessThan(1e-4)
  })
}
