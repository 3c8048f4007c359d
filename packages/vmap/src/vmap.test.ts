import { drawTensor, grad, type Params, rng } from '@kshot/core'
import { sumLeading } from '@kshot/core/backend'
import { activate, codeOf, leaked, testBackends } from '@kshot/testkit'
import {
  add,
  booleanMaskAsync,
  dispose,
  dropout,
  engine,
  expandDims,
  gather,
  getBackend,
  greater,
  keep,
  matMul,
  memory,
  mul,
  ones,
  randomNormal,
  type Scalar,
  scalar,
  square,
  sum,
  type Tensor,
  type Tensor1D,
  tensor,
  tensor2d,
  grads as tfGrads,
  unique,
  variable,
} from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { rngOfTasks } from './rng'
import { vmap } from './vmap'

const TASKS = 3
const rows = () =>
  tensor2d(
    [
      [1, 2],
      [3, 4],
      [5, 6],
    ],
    [TASKS, 2],
  )
const numbers = (x: Tensor) => [...x.dataSync()]

describe.each(testBackends)('vmap on %s', (backend) => {
  beforeAll(() => activate(backend))

  it('gives back trees, with the tasks as the first axis', () => {
    const result = vmap(({ x, more: [y] }: { x: Tensor; more: [Tensor] }) => ({
      sum: sum(x),
      both: [mul(x, y), scalar(7)],
    }))({ x: rows(), more: [rows()] })
    expect(result.sum.shape).toEqual([TASKS])
    expect(numbers(result.sum)).toEqual([3, 7, 11])
    expect(numbers(result.both[0]!)).toEqual([1, 4, 9, 16, 25, 36])
    expect(numbers(result.both[1]!)).toEqual([7, 7, 7])
  })

  it('shares what the function closes over, and shows shapes of one task inside', () => {
    const weights = tensor2d([1, 0, 0, 1, 1, 1], [2, 3])
    const shapes: number[][] = []
    const y = vmap((x: Tensor) => {
      shapes.push(x.shape)
      return matMul(expandDims(x, 0), weights)
    })(rows())
    expect(shapes).toEqual([[2]])
    expect(y.shape).toEqual([TASKS, 1, 3])
    expect(numbers(y)).toEqual([3, 2, 2, 7, 4, 4, 11, 6, 6])
  })

  it('gives back an input, a constant and one tensor twice', () => {
    const x = rows()
    const [same, other, constant] = vmap((x: Tensor): Tensor[] => [x, x, ones([2])])(x)
    dispose([x, other!])
    expect(numbers(same!)).toEqual([1, 2, 3, 4, 5, 6])
    expect(numbers(constant!)).toEqual([1, 1, 1, 1, 1, 1])
  })

  it('runs a single task', () => {
    expect(numbers(vmap((x: Tensor) => sum(x))(ones([1, 4])))).toEqual([4])
  })

  it('works on nested gradients of TensorFlow.js itself', () => {
    const cube = (x: Tensor) => sum(mul(square(x), x)) as Scalar
    const second = vmap((x: Tensor) => grad((x: Tensor) => sum(grad(cube)(x)) as Scalar)(x))(rows())
    expect(numbers(second)).toEqual([6, 12, 18, 24, 30, 36])
  })

  it('leaves nothing behind', async () => {
    const x = rows()
    const bytes = memory().numBytes
    const left = await leaked(() => {
      for (let i = 0; i < 50; i++) {
        vmap((x: Tensor) => grad((x: Tensor) => sum(square(add(x, 1))) as Scalar)(x))(x).dispose()
      }
    })
    expect(left).toBe(0)
    expect(memory().numBytes).toBe(bytes)
    x.dispose()
  })

  describe('refuses', () => {
    const refused = (f: (x: Tensor) => Params) => codeOf(() => vmap(f)(rows()))

    it.each<[what: string, f: (x: Tensor) => Params]>([
      ['dataSync', (x) => tensor(x.dataSync())],
      ['arraySync', (x) => tensor(x.arraySync() as number[])],
      ['bufferSync', (x) => x.bufferSync().toTensor()],
    ])('%s of what differs by task', async (_, f) => {
      expect(await refused(f)).toBe('vmap/reads-values')
    })

    it('a mask, which reads values in a promise', async () => {
      const mask = (x: Tensor) => booleanMaskAsync(x, greater(x, 2) as Tensor1D) as never
      expect(await refused(mask)).toBe('vmap/async')
    })

    it('numbers that would be the same for all tasks', async () => {
      expect(await refused((x) => add(x, randomNormal([2])))).toBe('vmap/random')
      expect(await refused((x) => dropout(x, 0.5))).toBe('vmap/random')
      expect(Math.random()).toBeLessThan(1)
    })

    it('a vmap inside a vmap', async () => {
      expect(await refused((x) => vmap((y: Tensor) => y)(expandDims(x, 0)))).toBe('vmap/nested')
    })

    it('a vmap inside a gradient, whose derivative would be lost', async () => {
      const f = (x: Tensor) => sum(vmap((row: Tensor) => square(row))(x)) as Scalar
      expect(await codeOf(() => grad(f)(rows()))).toBe('vmap/inside-gradient')
    })

    it('a kernel that it does not know, by name', async () => {
      expect(await refused((x) => unique(x as Tensor1D).values)).toBe('vmap/unknown-kernel')
      expect(() => vmap((x: Tensor) => unique(x as Tensor1D).values)(rows())).toThrow(/Unique/)
    })

    it('inputs of different numbers of tasks, and none', async () => {
      const sumOf = vmap((a: Tensor, b: Tensor) => add(sum(a), sum(b)))
      expect(await codeOf(() => sumOf(ones([2, 3]), ones([3, 3])))).toBe('vmap/tasks-differ')
      expect(await codeOf(() => sumOf(scalar(1), scalar(1)))).toBe('vmap/tasks-differ')
      expect(await codeOf(() => sumOf(ones([0, 3]), ones([0, 3])))).toBe('vmap/tasks-differ')
      expect(await codeOf(() => vmap(() => ones([1]))())).toBe('vmap/tasks-differ')
    })
  })

  describe('lets nothing escape', () => {
    it('by tf.keep', async () => {
      let kept: Tensor | undefined
      vmap((x: Tensor) => {
        kept = keep(square(x))
        return x
      })(rows())
      expect(await codeOf(() => kept!.dataSync())).toBe('vmap/escaped')
      expect(await codeOf(() => add(kept!, 1))).toBe('vmap/escaped')
      // nor into the next vmap, of as many tasks
      expect(await codeOf(() => vmap((x: Tensor) => add(x, kept!))(rows()))).toBe('vmap/escaped')
      kept!.dispose()
    })

    it('by variable.assign', async () => {
      const held = variable(ones([2]))
      vmap((x: Tensor) => {
        held.assign(mul(x, 2) as Tensor1D)
        return x
      })(rows())
      expect(await codeOf(() => held.dataSync())).toBe('vmap/escaped')
      held.dispose()
    })

    it('but keeps what all tasks share', () => {
      let kept: Tensor | undefined
      vmap((x: Tensor) => {
        kept = keep(scalar(3))
        return x
      })(rows())
      expect(numbers(add(kept!, 1))).toEqual([4])
    })
  })

  it.each<[where: string, f: (x: Tensor) => Tensor]>([
    [
      'the function',
      () => {
        throw new Error('on purpose')
      },
    ],
    [
      'tf.grads',
      (x) =>
        tfGrads((x: Tensor) => {
          const y = sum(square(x))
          if (y.rank === 0) throw new Error('on purpose')
          return y
        })([x])[0]!,
    ],
    [
      'a nested gradient',
      (x) =>
        grad(
          (x: Tensor) =>
            sum(
              grad((x: Tensor) => {
                square(x)
                throw new Error('on purpose')
              })(x),
            ) as Scalar,
        )(x),
    ],
  ])('an exception in %s frees all and leaves TensorFlow.js as it was', async (_, f) => {
    const x = rows()
    const before = memory().numTensors
    expect(() => vmap(f)(x)).toThrow('on purpose')
    expect(getBackend()).toBe(backend)
    expect(memory().numTensors).toBe(before)
    expect(engine().state).toMatchObject({ gradientDepth: 0, kernelDepth: 0 })
    expect(numbers(grad((x: Tensor) => sum(square(x)) as Scalar)(x))).toEqual([2, 4, 6, 8, 10, 12])
    expect(numbers(vmap((x: Tensor) => sum(x))(x))).toEqual([3, 7, 11])
    x.dispose()
  })

  it('draws with the generator of each task', async () => {
    const tasks = [0, 1, 2].map((task) => rng(1).split(task))
    const random = rngOfTasks(tasks).split('noise')
    const noise = vmap((x: Tensor) =>
      add(
        mul(x, 0),
        drawTensor(random, [2], 'float32', (own) => [own.uniform(), own.uniform()]),
      ),
    )(rows())
    const expected = [0, 1, 2].flatMap((task) => {
      const own = rng(1).split(task).split('noise')
      return [Math.fround(own.uniform()), Math.fround(own.uniform())]
    })
    expect(numbers(noise)).toEqual(expected)
    for (const method of ['uniform', 'normal', 'integer', 'permutation', 'sample'] as const) {
      expect(await codeOf(() => random[method](3, 2))).toBe('vmap/random')
    }
    expect(await codeOf(() => random.key)).toBe('vmap/random')
  })

  it('sums over the rows of 2,000 channels, where average pooling on wasm breaks memory', () => {
    const [rows, channels] = [6, 2000]
    const x = tensor(
      Array.from({ length: TASKS * rows * channels }, (_, i) => i % 7),
      [TASKS, rows, channels],
    )
    const expected = Array.from({ length: TASKS * channels }, (_, i) => {
      const [task, channel] = [Math.floor(i / channels), i % channels]
      const at = (row: number) => ((task * rows + row) * channels + channel) % 7
      return Array.from({ length: rows }, (_, row) => at(row)).reduce((a, b) => a + b)
    })
    expect(numbers(vmap((x: Tensor) => sumLeading(x))(x))).toEqual(expected)
  })

  it.each([2, -1, 5])('gathers no row %i, which would be that of the task beside', (index) => {
    const x = tensor([1, 2, 3, 4, 5, 6], [TASKS, 2, 1])
    const at = tensor2d([[0], [index], [1]], [TASKS, 1], 'int32')
    const gathered = vmap((x: Tensor, at: Tensor) => gather(x, at as Tensor1D))
    expect(numbers(gathered(x, tensor2d([[0], [1], [1]], [TASKS, 1], 'int32')))).toEqual([1, 4, 6])
    expect(() => gathered(x, at)).toThrow(/index/)
  })

  it('multiplies along more than six axes', () => {
    const shape = [2, 1, 2, 1, 2, 1, 2]
    const x = tensor(
      Array.from({ length: 2 * 16 }, (_, i) => i + 1),
      [2, ...shape],
    )
    const wide = ones([1, 2, 1, 2, 1, 2, 1])
    const y = vmap((x: Tensor) => sum(mul(x, wide)))(x)
    expect(numbers(y)).toEqual([8 * 136, 8 * 392])
  })
})
