import {
  activate,
  derivatives,
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
import { grad } from '.'

/** The value and the gradient of an operation, moved along the direction that `derivatives` takes. */
function along([name, shapes, f, between]: Operation) {
  const inputs = draw(name, shapes, between)
  const v = draw(`${name} direction`, shapes, [-1, 1])
  const s = scalarOf(f)
  const numbers = (t: tree.Params) => tree.leaves(t).flatMap((x) => [...x.dataSync()])
  const moved = (h: number) => tree.zip(([x, d]) => tf.add(x!, tf.mul(d!, h)), inputs, v)
  return {
    direction: numbers(v),
    valueAt: (h: number) => numbers(s(moved(h)))[0]!,
    gradientAt: (h: number) => numbers(grad(s)(moved(h))),
  }
}

describe('single kernels', () => {
  it.each([...operations, ...onCpuOnly])('%s: finite differences on cpu', async (...all) => {
    await activate('cpu')
    const operation = all as never as Operation
    const d = await derivatives(operation)
    const { direction, valueAt, gradientAt } = along(operation)
    const h = 2e-3
    const slope = (valueAt(h) - valueAt(-h)) / (2 * h)
    const projected = d.gradient.reduce((total, g, i) => total + g * direction[i]!, 0)
    const size = Math.hypot(...d.gradient)
    expect(Math.abs(slope - projected)).toBeLessThan(0.01 * Math.max(1, size))
    const [up, down] = [gradientAt(h), gradientAt(-h)]
    const expected = up.map((u, i) => (u - down[i]!) / (2 * h))
    expect(relativeError(d.product, expected, 1)).toBeLessThan(0.01)
  })
})
