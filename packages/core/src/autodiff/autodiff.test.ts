import { activate, leaked, relativeError, type TestBackend, testBackends } from '@kshot/testkit'
import {
  add,
  getGradient,
  losses,
  mul,
  oneHot,
  registerGradient,
  type Scalar,
  scalar,
  square,
  sub,
  sum,
  type Tensor,
  tanh,
  tensor,
  grad as tfGrad,
  grads as tfGrads,
  topk,
  unregisterGradient,
} from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { isKshotError } from '../errors'
import * as tree from '../tree'
import { enableGradients, grad, hvp, stopGradient, valueAndGrad } from '.'

const numbers = (x: Tensor) => [...x.dataSync()]
const close = (x: Tensor, expected: number[]) =>
  expect(relativeError(numbers(x), expected)).toBeLessThan(1e-5)
const codeOf = (f: () => unknown): unknown => {
  try {
    f()
  } catch (error) {
    return isKshotError(error) ? error.code : error
  }
  return 'nothing was thrown'
}

describe.each(testBackends)('autodiff on %s', (backend: TestBackend) => {
  beforeAll(() => activate(backend))

  it('leaves the gradients of an app as they were, also when the function throws', () => {
    const theirs = { kernelName: 'Tanh', inputsToSave: ['x'], gradFunc: () => ({}) }
    const before = getGradient('Tanh')
    registerGradient(theirs)
    grad(({ x }: { x: Tensor }) => sum(tanh(x)))({ x: tensor([1]) })
    expect(getGradient('Tanh')).toBe(theirs)
    expect(() => grad(fails)({ x: tensor([1]) })).toThrow('on purpose')
    expect(getGradient('Tanh')).toBe(theirs)
    unregisterGradient('Tanh')
    if (before) registerGradient(before)
  })

  it('differentiates over a tree, and gives zeros where the value does not depend on it', () => {
    const params = { a: tensor([1, 2]), list: [tensor([3]), { unused: tensor([4, 5]) }] } as const
    const { value, gradient } = valueAndGrad((p: typeof params) =>
      add(sum(square(p.a)), sum(mul(p.list[0], p.a))),
    )(params)
    close(value, [14])
    close(gradient.a, [5, 7])
    close(gradient.list[0], [3])
    expect(numbers(gradient.list[1].unused)).toEqual([0, 0])
  })

  it('hands out aux, also when it is the caller’s own tensor', () => {
    const state = tensor([7])
    const { aux, gradient } = valueAndGrad((p: { x: Tensor }) => ({
      value: sum(square(p.x)) as Scalar,
      aux: { state, doubled: mul(p.x, 2) },
    }))({ x: tensor([3]) })
    tree.dispose(gradient)
    expect(numbers(aux.doubled)).toEqual([6])
    tree.dispose(aux)
    expect(numbers(state)).toEqual([7])
  })

  it('takes a function without parameters', () => {
    const { value, gradient } = valueAndGrad(() => scalar(2))({})
    close(value, [2])
    expect(gradient).toEqual({})
  })

  it('does not free a gradient that it shares: x + x, x + x + x', () => {
    close(grad(({ x }: { x: Tensor }) => sum(add(add(x, x), x)))({ x: tensor([1, 2]) }).x, [3, 3])
    const gradient = grad(({ x, y }: { x: Tensor; y: Tensor }) => sum(add(add(x, y), x)))({
      x: tensor([1]),
      y: tensor([2]),
    })
    close(gradient.x, [2])
    close(gradient.y, [1])
  })

  it('separates a tensor that hangs in the tree twice, or that was made from another', () => {
    const x = tensor([3])
    const twice = grad((p: { a: Tensor; b: Tensor }) => sum(mul(square(p.a), p.b)))({ a: x, b: x })
    close(twice.a, [18])
    close(twice.b, [9])
  })

  it('takes what the function closes over for a constant', () => {
    // d/dx of x · [d/dw (w · y)] at y = x², where y is made of x outside of the inner function: x³
    const outer = grad(({ x }: { x: Tensor }) => {
      const y = square(x)
      return sum(mul(x, grad(({ w }: { w: Tensor }) => sum(mul(w, y)))({ w: x }).w))
    })
    close(outer({ x: tensor([2]) }).x, [12])
    const inner = grad(({ x }: { x: Tensor }) => {
      const y = square(x)
      return sum(grad(({ w }: { w: Tensor }) => sum(mul(w, y)))({ w: x }).w)
    })
    close(inner({ x: tensor([2]) }).x, [4])
  })

  it('differentiates three times', () => {
    type P = { x: Tensor }
    const f = ({ x }: P) => sum(tanh(x))
    const third = grad((p: P) => sum(grad((q: P) => sum(grad(f)(q).x))(p).x))
    const t = Math.tanh(0.3)
    close(third({ x: tensor([0.3]) }).x, [(1 - t * t) * (6 * t * t - 2)])
  })

  it('multiplies by a Hessian', () => {
    const f = ({ x, y }: { x: Tensor; y: Tensor }) => sum(mul(square(x), y))
    const params = { x: tensor([2]), y: tensor([3]) }
    const product = hvp(f, params, { x: tensor([1]), y: tensor([10]) })
    close(product.x, [6 + 40])
    close(product.y, [4])
    expect(codeOf(() => hvp(f, params, { x: tensor([1]) } as never))).toBe('core/tree-mismatch')
  })

  it('stops a gradient', () => {
    const f = ({ x }: { x: Tensor }) => sum(mul(x, stopGradient(square(x))))
    close(grad(f)({ x: tensor([3]) }).x, [9])
  })

  it('leaves no tensor behind, also when the function throws in a nested gradient', async () => {
    const params = { x: tensor([1, 2]) }
    expect(await leaked(() => tree.dispose({ ...valueAndGrad(nested)(params) }))).toBe(0)
    expect(await leaked(() => tree.dispose(hvp(nested, params, params)))).toBe(0)
    expect(await leaked(() => expect(() => grad(fails)(params)).toThrow('on purpose'))).toBe(0)
    const failsInside = (p: { x: Tensor }) => sum(mul(grad(fails)(p).x, p.x))
    expect(await leaked(() => expect(() => grad(failsInside)(params)).toThrow())).toBe(0)
    const failsWithAux = (p: { x: Tensor }) => ({ value: p.x as Scalar, aux: { a: square(p.x) } })
    expect(await leaked(() => expect(() => valueAndGrad(failsWithAux)(params)).toThrow())).toBe(0)
    close(grad(({ x }: { x: Tensor }) => sum(square(x)))(params).x, [2, 4])
  })

  it('catches an exception between two gradients, and goes on', async () => {
    const count = await leaked(() => {
      const { x } = grad((p: { x: Tensor }) => {
        expect(() => grad(fails)(p)).toThrow('on purpose')
        return sum(square(p.x))
      })({ x: tidyKeep })
      close(x, [2])
      x.dispose()
    })
    expect(count).toBe(0)
  })
  let tidyKeep: Tensor
  beforeAll(() => {
    tidyKeep = tensor([1])
  })

  it('names a kernel without a gradient, and says so for a value that is no scalar', async () => {
    const params = { x: tensor([1, 2, 3]) }
    const largest = ({ x }: { x: Tensor }) => sum(topk(x, 2).values)
    const run = () => grad(largest)(params)
    expect(codeOf(run)).toBe('autodiff/no-gradient')
    expect(run).toThrow('TopK')
    expect(await leaked(() => codeOf(run))).toBe(0)
    expect(codeOf(() => grad((p: { x: Tensor }) => p.x as never)(params))).toBe(
      'autodiff/not-a-scalar',
    )
  })

  it('refuses a second derivative that TensorFlow.js would drop, and gives the first', () => {
    const labels = oneHot([2, 0], 3)
    const params = { x: tensor([1, 2, 3, 0, 1, 0], [2, 3]) }
    const loss = ({ x }: { x: Tensor }) => losses.softmaxCrossEntropy(labels, x) as Scalar
    expect(grad(loss)(params).x.shape).toEqual([2, 3])
    const second = () => hvp(loss, params, params)
    expect(codeOf(second)).toBe('autodiff/no-gradient')
    expect(second).toThrow('softmaxCrossEntropy')
  })

  function nested({ x }: { x: Tensor }): Scalar {
    const { gradient, aux } = valueAndGrad((p: { x: Tensor }) => ({
      value: sum(tanh(p.x)) as Scalar,
      aux: { half: mul(p.x, 0.5) },
    }))({ x })
    return sum(square(sub(gradient.x, aux.half)))
  }

  function fails({ x }: { x: Tensor }): Scalar {
    square(tanh(x))
    throw new Error('on purpose')
  }
})

it('serves nested tf.grads once it is enabled for good', async () => {
  await activate('cpu')
  enableGradients()
  enableGradients()
  close(tfGrad((x: Tensor) => sum(tanh(x)))(tensor([0])), [1])
  const [dx] = tfGrads((x: Tensor) => sum(tfGrad((y: Tensor) => sum(tanh(y)))(x)))([tensor([0.3])])
  const t = Math.tanh(0.3)
  close(dx!, [-2 * t * (1 - t * t)])
  close(grad(({ x }: { x: Tensor }) => sum(tanh(x)))({ x: tensor([0]) }).x, [1])
})
