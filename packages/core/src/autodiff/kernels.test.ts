import {
  activate,
  draw,
  type Operation,
  onCpuOnly,
  operations,
  relativeError,
  scalarOf,
} from '@kshot/testkit'
import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, it } from 'vitest'
import * as tree from '../tree'
import { grad, hvp } from '.'

interface Derivatives {
  readonly value: number[]
  readonly gradient: number[]
  readonly product: number[]
  readonly direction: number[]
  valueAt(h: number): number
  gradientAt(h: number): number[]
}

function derivatives([name, shapes, f, between]: Operation) {
  const inputs = draw(name, shapes, between)
  const v = draw(`${name} direction`, shapes, [-1, 1])
  const s = scalarOf(f)
  const numbers = (t: tree.Params) => tree.leaves(t).flatMap((x) => [...x.dataSync()])
  const moved = (h: number) => tree.zip(([x, d]) => tf.add(x!, tf.mul(d!, h)), inputs, v)
  const all = tf.engine().tidy((() => ({
    value: numbers(s(inputs)),
    gradient: numbers(grad(s)(inputs)),
    product: numbers(hvp(s, inputs, v)),
    direction: numbers(v),
    valueAt: (h: number) => numbers(s(moved(h)))[0]!,
    gradientAt: (h: number) => numbers(grad(s)(moved(h))),
  })) as never)
  return all as never as Derivatives
}

describe('single kernels', () => {
  it.each([...operations, ...onCpuOnly])('%s: finite differences on cpu', async (...operation) => {
    await activate('cpu')
    const d = derivatives(operation as never as Operation)
    const h = 2e-3
    const slope = (d.valueAt(h) - d.valueAt(-h)) / (2 * h)
    const along = d.gradient.reduce((total, g, i) => total + g * d.direction[i]!, 0)
    const size = Math.hypot(...d.gradient)
    expect(Math.abs(slope - along)).toBeLessThan(0.01 * Math.max(1, size))
    const [up, down] = [d.gradientAt(h), d.gradientAt(-h)]
    const expected = up.map((u, i) => (u - down[i]!) / (2 * h))
    expect(relativeError(d.product, expected, 1)).toBeLessThan(0.01)
  })

  it.each(operations)('%s: wasm as cpu', async (...operation) => {
    await activate('cpu')
    const expected = derivatives(operation as never as Operation)
    await activate('wasm')
    const actual = derivatives(operation as never as Operation)
    expect(relativeError(actual.value, expected.value)).toBeLessThan(1e-4)
    expect(relativeError(actual.gradient, expected.gradient)).toBeLessThan(1e-4)
    expect(relativeError(actual.product, expected.product)).toBeLessThan(1e-4)
  })
})
