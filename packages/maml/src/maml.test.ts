import {
  conv4,
  type Episode,
  embeddings,
  grad,
  mlp,
  momentum,
  rng,
  sequential,
  sgd,
  tree,
} from '@kshot/core'
import {
  activate,
  codeOf,
  learnerSuite,
  referenceSuite,
  relativeError,
  toyEpisodes,
} from '@kshot/testkit'
import {
  argMax,
  memory,
  mul,
  reshape,
  scalar,
  slice,
  square,
  type Tensor,
  tensor1d,
  tensor2d,
} from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { anil, boil, maml, metaSgd, pretrained, reptile } from './index'
import { curve, initial, load, metaGradient, numbers, smooth, train } from './testing'

const net = conv4({ filters: 8, blocks: 2 })
const base = { model: net, innerRate: 0.4, steps: 1 }

learnerSuite('maml, shared head', maml({ ...base, head: 'shared' }), { load, gain: 0.08 })
learnerSuite('maml, fixed head', maml({ ...base, head: 'fixed', ways: 3 }), { load, gain: 0.08 })
learnerSuite(
  'first-order maml, support + one',
  maml({ ...base, firstOrder: true, normalisation: { test: 'support+one' } }),
  { load, gain: 0.08 },
)
learnerSuite(
  'maml, a net that does not normalise',
  maml({ model: mlp({ hidden: [], outputs: 16 }), innerRate: 0.1, steps: 2 }),
  { load, gain: 0.08, backends: ['wasm'] },
)

describe('maml', () => {
  beforeAll(() => activate('cpu'))
  const ctx = { step: 0, rng: rng(0), phase: 'test' as const }

  it('adapts the parameters whose path matches, and no others', () => {
    const learner = maml({ ...base, head: 'fixed', ways: 3, adapts: '^head/' })
    const tasks = toyEpisodes({ ways: 3, shots: 1, queries: 1 })
    const meta = learner.init(rng(1), tasks.taskSpec)
    const { params } = learner.adapt(meta, (tasks(0) as Episode).support, ctx) as {
      readonly [part: string]: tree.Params
    }
    const before = tree.leaves(meta.params)
    for (const [i, [path, tensor]] of tree.flatten(params!).entries()) {
      const moved = relativeError(tensor.dataSync(), before[i]!.dataSync()) > 0
      expect(moved, path).toBe(path.startsWith('head/'))
    }
  })

  it('has names for the head alone, and for all but the head', () => {
    expect(anil({ ...base, head: 'fixed', ways: 3 }).spec.options.adapts).toBe('^head/')
    const learner = boil({ ...base, ways: 3 })
    expect(learner.spec.options).toMatchObject({ adapts: '^body/', head: 'fixed' })
    expect(() => {
      const none = maml({ ...base, adapts: 'tail' })
      const tasks = toyEpisodes({ ways: 3, shots: 1, queries: 1 })
      const meta = none.init(rng(1), tasks.taskSpec)
      none.adapt(meta, (tasks(0) as Episode).support, ctx)
    }).toThrow('matches no parameter')
    expect(() => maml({ ...base, adapts: '(' })).toThrow('regular expression')
  })

  it('takes any inner optimizer that can be differentiated', async () => {
    const options = { model: smooth, head: 'none', innerRate: 0.05, steps: 3 } as const
    const plain = maml(options)
    const meta = initial(plain)
    const expected = await metaGradient(plain, meta)
    expect(await metaGradient(maml({ ...options, innerOptimizer: sgd(0.05) }), meta)).toEqual(
      expected,
    )
    const undamped = maml({ ...options, innerOptimizer: momentum(0.05, { decay: 0 }) })
    expect(relativeError(await metaGradient(undamped, meta), expected)).toBeLessThan(1e-5)
    const moving = maml({ ...options, innerOptimizer: momentum(0.05, { decay: 0.9 }) })
    expect(relativeError(await metaGradient(moving, meta), expected)).toBeGreaterThan(1e-2)
  })

  it('fits all points of all tasks when it is only trained, and adapts at test', async () => {
    const learner = pretrained({ model: smooth, innerRate: 0.05, steps: 2 })
    const meta = initial(learner)
    const task = curve()
    const swapped = { ...task, support: task.query, query: task.support }
    const [a, b] = [task, swapped].map((t) => learner.loss(meta, t, train()).loss.dataSync()[0]!)
    expect(a).toBeCloseTo(b!, 6)
    const adapted = learner.adapt(meta, task.support, ctx) as { [part: string]: tree.Params }
    expect(relativeError(numbers(adapted.params!), numbers(meta.params))).toBeGreaterThan(1e-3)
  })

  it('holds as many tensors after 150 meta-steps as after 1, whether or not they fail', async () => {
    const learner = maml({ model: smooth, head: 'none', innerRate: 0.05, steps: 2 })
    const meta = initial(learner)
    const task = curve()
    const nan = { ...task, support: { ...task.support, y: mul(task.support.y, Number.NaN) } }
    let calls = 0
    const failing = maml({
      model: {
        ...smooth,
        apply(...of) {
          // in the middle of a gradient inside a gradient
          if (++calls % 3 === 2) throw new Error('the model fails')
          return smooth.apply(...of)
        },
      },
      head: 'none',
      innerRate: 0.05,
      steps: 2,
    })
    const step = async (i: number) => {
      const result = sequential().metaGradient(
        i % 2 ? learner : failing,
        meta,
        [i % 4 ? task : nan],
        train(),
      )
      tree.dispose(await result)
    }
    const attempt = (i: number) => step(i).catch(({ message }) => message as string)
    const before = memory().numTensors
    const said = new Set<unknown>()
    for (let i = 0; i < 150; i++) said.add(await attempt(i))
    expect(memory().numTensors).toBe(before)
    expect(said).toEqual(new Set([undefined, 'the model fails']))
    // and TensorFlow.js is usable
    expect([...grad((x: Tensor) => square(x))(scalar(3) as Tensor).dataSync()]).toEqual([6])
  })

  it.each([
    ['maml', maml({ model: smooth, head: 'none', innerRate: 0.05, steps: 1 })],
    ['metaSgd', metaSgd({ model: smooth, head: 'none' })],
    ['reptile', reptile({ model: smooth, head: 'none', steps: 1 })],
    ['pretrained', pretrained({ model: smooth, innerRate: 0.05, steps: 1 })],
  ])('refuses points without targets of their shape, or none at all: %s', (_, learner) => {
    const meta = initial(learner)
    const { support } = curve()
    const adapt = (batch: typeof support) => () => learner.adapt(meta, batch, ctx)
    const flat = { x: support.x, y: reshape(support.y, [-1]) }
    expect(codeOf(adapt(flat))).toBe('core/shape-mismatch')
    const empty = { x: slice(support.x, 0, 0), y: slice(support.y, 0, 0) }
    expect(codeOf(adapt(empty))).toBe('core/empty-support')
  })

  it('learns a head on embeddings', () => {
    const learner = maml({ model: embeddings(), head: 'shared', innerRate: 1, steps: 3 })
    const meta = learner.init(rng(1), { inputShape: [2], ways: 2 })
    const x = tensor2d([1, 0, 0, 1], [2, 2])
    const task = learner.adapt(meta, { x, y: tensor1d([0, 1], 'int32'), ways: 2 }, ctx)
    const logits = learner.predict(meta, task, x, ctx)
    expect([...argMax(logits, 1).dataSync()]).toEqual([0, 1])
    const shapeless = { ...embeddings(), outputShape: undefined } as never
    const init = () =>
      maml({ ...base, model: shapeless }).init(rng(1), { inputShape: [2], ways: 2 })
    expect(codeOf(init)).toBe('core/no-output-shape')
  })

  it('refuses options that are none, and tasks that its head does not fit', () => {
    expect(() => maml({ ...base, innerRate: -1 })).toThrow('innerRate')
    expect(() => maml({ ...base, steps: 1.5 })).toThrow('steps')
    expect(() => maml({ ...base, head: 'fixed' })).toThrow('ways')
    const joint = () => maml({ ...base, normalisation: { test: 'batch-joint' } })
    expect(codeOf(joint)).toBe('maml/bad-option')
    const learner = maml({ ...base, head: 'fixed', ways: 5 })
    const { taskSpec } = toyEpisodes({ ways: 3, shots: 1, queries: 1 })
    expect(() => learner.init(rng(1), taskSpec)).toThrow('a task of 3 classes. Expected: 5 classes')
    const varying = { inputShape: taskSpec.inputShape }
    expect(() => learner.init(rng(1), varying)).toThrow('different numbers')
    expect(maml(base).init(rng(1), varying).params).toHaveProperty('head')
  })
})

referenceSuite(
  'maml and its family against PyTorch float64',
  ['maml', 'anil', 'metasgd', 'reptile'],
  {
    maml,
    metaSgd,
    reptile,
  },
)
