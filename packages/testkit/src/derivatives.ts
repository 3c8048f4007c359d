import { grad, hvp, tree } from '@kshot/core'
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
