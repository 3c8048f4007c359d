import { activate, leaked, testBackends } from '@kshot/testkit'
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { grad } from '../autodiff'
import { program } from './program'

const x0 = () => tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3])
const numbers = (tensor: tf.Tensor) => {
  const values = [...tensor.dataSync()]
  tensor.dispose()
  return values
}

/** The outer derivative goes through an inner one: values, gradients, matrix products, a reduction. */
function adapted(w: tf.Tensor, x: tf.Tensor): tf.Tensor {
  const loss = (w: tf.Tensor) => tf.mean(tf.square(tf.sub(tf.matMul(x, w as tf.Tensor2D), 1)))
  return grad((w: tf.Tensor) => {
    const moved = tf.sub(w, tf.mul(grad(loss as never)(w as never) as tf.Tensor, 0.1))
    return loss(moved) as tf.Scalar
  })(w) as tf.Tensor
}

describe.each(testBackends)('programs on %s', (backend) => {
  beforeAll(() => activate(backend))

  it('give the bytes of the function, at new inputs each time, and leave nothing behind', async () => {
    const counted = { calls: 0 }
    const run = program((w: tf.Tensor, x: tf.Tensor) => {
      counted.calls++
      return adapted(w, x)
    })
    const trial = (i: number) => {
      const [w, x] = [tf.randomNormal([3, 2], 0, 1, 'float32', i), x0()]
      const bias = tf.randomNormal([2, 3], 0, 1, 'float32', i + 100)
      const moved = tf.add(x, bias)
      expect(numbers(run(w, moved))).toEqual(numbers(adapted(w, moved)))
      tf.dispose([w, x, bias, moved])
    }
    for (let i = 0; i < 3; i++) trial(i)
    expect(await leaked(() => Array.from({ length: 40 }, (_, i) => trial(i)))).toBe(0)
    expect(counted.calls).toBe(2)
    run.dispose()
  })

  it('free everything when disposed of', async () => {
    const all = () => {
      const run = program((x: tf.Tensor) => tf.add(tf.mul(x, 3), tf.ones([2, 3])))
      const x = x0()
      for (let i = 0; i < 4; i++) run(x).dispose()
      run.dispose()
      x.dispose()
    }
    all()
    const before = tf.engine().backend.numDataIds()
    expect(await leaked(all)).toBe(0)
    expect(tf.engine().backend.numDataIds()).toBe(before)
  })

  it('return trees, inputs among them', () => {
    const run = program((x: tf.Tensor) => ({ same: x, twice: [tf.mul(x, 2)] }))
    for (let i = 0; i < 4; i++) {
      const x = tf.tensor1d([i, i + 1])
      const { same, twice } = run(x)
      expect([...same.dataSync()]).toEqual([i, i + 1])
      expect(numbers(twice[0]!)).toEqual([2 * i, 2 * i + 2])
      // The function returns its input itself, a program another tensor of the same numbers.
      tf.dispose([x, same])
    }
    run.dispose()
  })

  it('tell shapes, plain values and shared inputs apart', () => {
    const run = program((a: tf.Tensor, b: tf.Tensor, k: number) => tf.add(tf.mul(a, k), b))
    const [a, b] = [tf.tensor1d([1, 2]), tf.tensor1d([10, 20])]
    for (let i = 0; i < 3; i++) {
      expect(numbers(run(a, a, 2))).toEqual([3, 6])
      expect(numbers(run(a, b, 2))).toEqual([12, 24])
      expect(numbers(run(a, b, 3))).toEqual([13, 26])
      const wide = tf.tensor2d([[1, 2]])
      expect(numbers(run(wide, b, 2))).toEqual([12, 24])
      wide.dispose()
    }
    tf.dispose([a, b])
    run.dispose()
  })

  it('see what is assigned to a variable', () => {
    const v = tf.variable(tf.scalar(1))
    const run = program((x: tf.Tensor) => tf.mul(x, v))
    const x = tf.scalar(2)
    for (let i = 1; i < 6; i++) {
      const next = tf.scalar(i)
      v.assign(next as never)
      next.dispose()
      expect(numbers(run(x))).toEqual([2 * i])
    }
    tf.dispose([x, v])
    run.dispose()
  })

  it.each([
    ['reads numbers', (x: tf.Tensor) => tf.mul(x, x.dataSync()[0]!), 'reads the numbers'],
    ['draws without a seed', (x: tf.Tensor) => tf.add(x, tf.randomUniform([2, 3], 0, 0)), 'random'],
  ])('run a function that %s as it is, and say so once', (_, f, reason) => {
    const reasons: string[] = []
    const run = program(f, { onRefused: (why) => reasons.push(why) })
    for (let i = 1; i < 6; i++) {
      const x = tf.fill([2, 3], i)
      expect(numbers(run(x))).toEqual(numbers(f(x)))
      x.dispose()
    }
    expect(reasons).toEqual([expect.stringMatching(reason)])
  })

  it.each([
    ['numbers', () => ({ n: 0 }), (x: tf.Tensor, state: { n: number }) => tf.mul(x, state.n++)],
    [
      'operations',
      () => ({ n: 0 }),
      (x: tf.Tensor, state: { n: number }) => (state.n++ % 2 ? tf.neg(x) : tf.square(x)),
    ],
    [
      'attributes',
      () => ({ n: 0 }),
      (x: tf.Tensor, state: { n: number }) => tf.clipByValue(x, 0, state.n++),
    ],
    [
      'constants that are computed',
      () => ({ n: 0 }),
      (x: tf.Tensor, state: { n: number }) => tf.add(x, tf.sum(tf.fill([4], state.n++))),
    ],
  ])('never replay a function whose %s differ from call to call', (_, start, f) => {
    const [own, plain] = [start(), start()]
    const reasons: string[] = []
    const run = program((x: tf.Tensor) => f(x, own), { onRefused: (why) => reasons.push(why) })
    const x = x0()
    for (let i = 0; i < 6; i++) expect(numbers(run(x))).toEqual(numbers(f(x, plain)))
    expect(reasons).toHaveLength(1)
    x.dispose()
  })

  it('are the function itself within a gradient', () => {
    const run = program((x: tf.Tensor) => tf.sum(tf.square(x)))
    const x = x0()
    for (let i = 0; i < 4; i++) {
      run(x).dispose()
      const slopes = grad((x: tf.Tensor) => run(x) as tf.Scalar)(x) as tf.Tensor
      expect(numbers(slopes)).toEqual([2, 4, 6, 8, 10, 12])
    }
    x.dispose()
    run.dispose()
  })

  it('give back all that they hold when a kernel fails, and go on', async () => {
    const run = program((x: tf.Tensor, at: tf.Tensor) => tf.gather(tf.square(x), at as tf.Tensor1D))
    const x = x0()
    const at = (row: number) => tf.tensor1d([row], 'int32')
    const asked = (row: number) => {
      const index = at(row)
      try {
        return numbers(run(x, index))
      } finally {
        index.dispose()
      }
    }
    for (let i = 0; i < 4; i++) expect(asked(1)).toEqual([16, 25, 36])
    const failing = () => {
      try {
        asked(7)
      } catch {}
    }
    failing()
    expect(await leaked(failing)).toBe(0)
    expect(asked(0)).toEqual([1, 4, 9])
    x.dispose()
    run.dispose()
  })

  it('compute once what is asked for twice, and nothing that is not needed', () => {
    const run = program((x: tf.Tensor) => {
      tf.exp(x)
      return tf.add(tf.square(x), tf.reshape(tf.square(tf.clone(x)), [2, 3]))
    })
    const x = x0()
    for (let i = 0; i < 2; i++) run(x).dispose()
    const called: string[] = []
    for (const config of tf.getKernelsForBackend(tf.getBackend())) {
      const { kernelFunc, kernelName } = config
      config.kernelFunc = (call) => {
        called.push(kernelName)
        return kernelFunc(call)
      }
      restore.push(() => {
        config.kernelFunc = kernelFunc
      })
    }
    try {
      run(x).dispose()
    } finally {
      for (const one of restore.splice(0)) one()
    }
    expect(called).toEqual(['Square', 'Add'])
    x.dispose()
    run.dispose()
  })
})

it('programs forget what they hold of a backend that was removed', async () => {
  await activate('cpu')
  const { cpu } = tf.engine().registryFactory
  tf.registerBackend('cpu-for-now', cpu!.factory)
  tf.copyRegisteredKernels('cpu', 'cpu-for-now')
  await tf.setBackend('cpu-for-now')
  const run = program((x: tf.Tensor) => tf.add(tf.square(x), 1))
  const ask = () => {
    const x = x0()
    expect(numbers(run(x))).toEqual([2, 5, 10, 17, 26, 37])
    x.dispose()
  }
  for (let i = 0; i < 4; i++) ask()
  tf.removeBackend('cpu-for-now')
  await activate('wasm')
  for (let i = 0; i < 4; i++) ask()
  run.dispose()
})

const restore: (() => void)[] = []
