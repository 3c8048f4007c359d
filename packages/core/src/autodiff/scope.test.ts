import { activate } from '@kshot/testkit'
import {
  add,
  getGradient,
  mul,
  type Scalar,
  sum,
  type Tensor,
  tensor1d,
} from '@tensorflow/tfjs-core'
import { beforeAll, expect, it } from 'vitest'
import { grad } from './index'

beforeAll(() => activate('cpu'))

it('gives each input a gradient of its own, where a kernel passes on what it got', () => {
  // add hands the same dy to a and to b; b's is then added to another one, and freed
  const f = ({ a, b }: { a: Tensor; b: Tensor }) => {
    const tripled = mul(a, 3)
    const product = sum(mul(tripled, b))
    return add(product, sum(mul(add(a, b), tensor1d([1, 2])))) as Scalar
  }
  const slope = grad(f)({ a: tensor1d([1, 2]), b: tensor1d([5, 7]) })
  expect([...slope.a.dataSync()]).toEqual([16, 23])
  expect([...slope.b.dataSync()]).toEqual([4, 8])
})

it('leaves TensorFlow.js the gradients it had', () => {
  const before = getGradient('Exp')
  grad((x: Tensor) => sum(mul(x, x)))(tensor1d([1]))
  expect(getGradient('Exp')).toBe(before)
})
