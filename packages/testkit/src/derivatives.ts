import { type Backend, grad, hvp, tree } from '@kshot/core'
import { expect, it } from 'vitest'
import { activate, type TestBackend } from './backends'
import { relativeError } from './closeness'
import { numbersOf } from './numbers'
import { draw, type Operation, scalarOf } from './operations'

/** What an operation gives on the active backend: its value, its gradient, its Hessian times a direction. */
export async function derivatives([name, shapes, f, between]: Operation) {
  const computed = tree.tidy(() => {
    const inputs = draw(name, shapes, between)
    const v = draw(`${name} direction`, shapes, [-1, 1])
    const s = scalarOf(f)
    return { value: s(inputs), gradient: grad(s)(inputs), product: hvp(s, inputs, v) }
  })
  const [value, gradient, product] = await Promise.all(
    [computed.value, computed.gradient, computed.product].map(numbersOf),
  )
  tree.dispose(computed)
  return { value: value!, gradient: gradient!, product: product! }
}

/** Every operation has the derivatives of the cpu backend, twice. */
export function derivativesSuite(
  backend: TestBackend | Backend,
  operations: readonly Operation[],
): void {
  const named = operations.map((operation) => [operation[0], operation] as const)
  it.each(named)('%s has the derivatives of the cpu backend, twice', async (_, operation) => {
    await activate('cpu')
    const expected = await derivatives(operation)
    await activate(backend)
    const actual = await derivatives(operation)
    expect(relativeError(actual.value, expected.value)).toBeLessThan(1e-4)
    expect(relativeError(actual.gradient, expected.gradient)).toBeLessThan(1e-4)
    expect(relativeError(actual.product, expected.product)).toBeLessThan(1e-4)
  })
}
