import { readFileSync } from 'node:fs'
import {
  conv4,
  disposeTask,
  type Episode,
  embeddings,
  evaluate,
  hvp,
  type Meta,
  metaTrain,
  mlp,
  type Params,
  rng,
  sgd,
  tree,
  valueAndGrad,
} from '@kshot/core'
import {
  activate,
  leaked,
  learnerSuite,
  type ReferenceTensor,
  type ReferenceTree,
  referenceEpisode,
  referenceSuite,
  relativeError,
  testBackends,
  toTensor,
  toyEpisodes,
} from '@kshot/testkit'
import {
  gather,
  memory,
  slice,
  type Tensor,
  tensor1d,
  tensor2d,
  zeros,
} from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Distance, matching } from './index'

const packages: Record<string, () => Promise<object>> = {
  '@kshot/core': () => import('@kshot/core'),
  '@kshot/matching': () => import('./index'),
}
const load = (name: string) => packages[name]!()
const backbone = conv4({ filters: 4, blocks: 2 })

const separate = { test: 'batch-separate' } as const
learnerSuite('matching', matching({ backbone }), { load })
learnerSuite('matching, full context', matching({ backbone, fullContext: 2 }), { load, steps: 40 })
learnerSuite('matching, transductive', matching({ backbone, normalisation: separate }), {
  load,
  backends: ['wasm'],
})
learnerSuite('matching, Euclidean', matching({ backbone, distance: 'squared-euclidean' }), {
  load,
  backends: ['wasm'],
})

describe.each(testBackends)('matching on %s', (backend) => {
  beforeAll(() => activate(backend))
  const ctx = { step: 0, rng: rng(0), phase: 'test' as const }
  const raw = { backbone: embeddings(), normalisation: { test: 'none' } } as const
  const judged = (learner: ReturnType<typeof matching>, support: Tensor, labels: number[]) => {
    const meta = learner.init(rng(0), { inputShape: support.shape.slice(1) })
    const batch = { x: support, y: tensor1d(labels, 'int32'), ways: 2 }
    const adapted = learner.adapt(meta, batch, ctx)
    return learner.predict(meta, adapted, tensor2d([[3, 4]]), ctx).dataSync()
  }

  it('gives the attention on each class, with uneven shots', () => {
    const support = tensor2d([
      [5, 0],
      [0, 1],
      [0, -7],
    ])
    const plain = matching({ ...raw, temperature: 1, learnsTemperature: false })
    const [a, b, c] = [0.6, 0.8, -0.8].map(Math.exp) as [number, number, number]
    const expected = [a + c, b].map((part) => Math.log(part / (a + b + c)))
    expect(relativeError(judged(plain, support, [0, 1, 0]), expected)).toBeLessThan(1e-5)
  })

  it('divides by the temperature that it begins with, learned or not', () => {
    const support = tensor2d([
      [5, 0],
      [0, 1],
    ])
    const expected = [-4, 0].map((score) => score - Math.log(1 + Math.exp(-4)))
    for (const options of [{}, { temperature: 0.05, learnsTemperature: false }]) {
      const found = judged(matching({ ...raw, ...options }), support, [0, 1])
      expect(relativeError(found, expected)).toBeLessThan(1e-5)
    }
  })

  it('learns −log τ as one parameter, and only where it is asked to', () => {
    const paths = (options: object) => {
      const { params } = matching({ ...raw, ...options }).init(rng(0), { inputShape: [2] })
      return tree.flatten(params).map(([path]) => path)
    }
    expect(paths({})).toEqual(['sharpness'])
    expect(paths({ distance: 'squared-euclidean' })).toEqual([])
    expect(paths({ distance: 'cosine-support', learnsTemperature: true })).toEqual(['sharpness'])
  })

  it('refuses a support set without classes, of one class, or of nothing', () => {
    for (const fullContext of [false, true]) {
      const learner = matching({ ...raw, fullContext })
      const meta = learner.init(rng(0), { inputShape: [2] })
      const adapt = (n: number, ways?: number) => () =>
        learner.adapt(
          meta,
          { x: zeros([n, 2]), y: zeros([n], 'int32'), ...(ways !== undefined && { ways }) },
          ctx,
        )
      expect(adapt(2)).toThrow('number of classes')
      expect(adapt(2, 1)).toThrow('at least 2')
      expect(adapt(0, 2)).toThrow('without examples')
    }
  })

  it('is the same whether the support set is embedded before or with the queries', () => {
    const source = toyEpisodes({ ways: 3, shots: 2, queries: 2 })
    const episode = source(0) as Episode
    const { support, query } = episode
    const learner = matching({ backbone, fullContext: 2, normalisation: { train: 'running' } })
    const meta = learner.init(rng(3), source.taskSpec)
    const predicted = learner.predict(meta, learner.adapt(meta, support, ctx), query.x, ctx)
    const truth = [...query.y.dataSync()]
    const rows = predicted.arraySync() as number[][]
    const expected = -truth.reduce((sum, k, i) => sum + rows[i]![k]!, 0) / truth.length
    const { loss } = learner.loss(meta, episode, ctx)
    expect(relativeError(loss.dataSync(), [expected])).toBeLessThan(1e-5)
  })

  it('with support + one, judges each query as batch-joint does when it is alone', () => {
    const source = toyEpisodes({ ways: 3, shots: 2, queries: 1 })
    const { support, query } = source(0) as Episode
    const judge = (test: 'support+one' | 'batch-joint', x: Tensor) => {
      const learner = matching({ backbone, fullContext: 2, normalisation: { test } })
      const meta = learner.init(rng(3), source.taskSpec)
      return [...learner.predict(meta, learner.adapt(meta, support, ctx), x, ctx).dataSync()]
    }
    const alone = [0, 1, 2].flatMap((i) => judge('batch-joint', slice(query.x, i, 1)))
    expect(relativeError(judge('support+one', query.x), alone)).toBeLessThan(1e-5)
    expect(relativeError(judge('batch-joint', query.x), alone)).toBeGreaterThan(1e-3)
  })

  it('depends on the order of the support set with full context only', () => {
    const x = tensor2d([
      [1, 0],
      [2, 1],
      [0, 1],
    ])
    const order = [2, 0, 1]
    const moved = gather(x, tensor1d(order, 'int32'))
    const apart = (fullContext: boolean) => {
      const learner = matching({ ...raw, fullContext })
      return relativeError(judged(learner, x, [0, 0, 1]), judged(learner, moved, [1, 0, 0]))
    }
    expect(apart(false)).toBeLessThan(1e-5)
    expect(apart(true)).toBeGreaterThan(1e-3)
  })
})

it.each([
  [{ temperature: 0 }, 'temperature 0'],
  [{ temperature: Number.NaN }, 'temperature NaN'],
  [{ fullContext: 0 }, 'fullContext 0'],
  [{ fullContext: 1.5 }, 'fullContext 1.5'],
])('refuses %o', (options, message) => {
  expect(() => matching({ backbone, ...options })).toThrow(message)
})

it('holds as many tensors after 100 episodes as after 10', async () => {
  await activate('wasm')
  const learner = matching({ backbone: conv4({ filters: 2, blocks: 2 }), fullContext: 1 })
  const tasks = toyEpisodes({ ways: 2, shots: 1, queries: 1 })
  const counts = new Map<number, number>()
  const left = await leaked(async () => {
    const { meta, state } = await metaTrain({
      learner,
      optimizer: sgd(0.01),
      tasks,
      steps: 100,
      onStep: ({ step }) => void counts.set(step, memory().numTensors),
    })
    await evaluate({ learner, meta, tasks, count: 100 })
    disposeTask([meta, state])
  })
  expect(counts.get(100)).toBe(counts.get(10))
  expect(left).toBe(0)
})

referenceSuite('matching, in the reference of all learners,', ['matching'], { matching })

/** What `reference/make.py` has made. */
interface Reference {
  readonly ways: number
  readonly task: ReferenceTree
  readonly params: ReferenceTree
  readonly direction: ReferenceTree
  readonly cases: readonly {
    readonly distance: Distance
    readonly fullContext: number | false
    readonly support: ReferenceTensor
    readonly logProbs: ReferenceTensor
    readonly loss: number
    readonly gradient: ReferenceTree
    readonly hvp: ReferenceTree
  }[]
}

const reference: Reference = JSON.parse(
  readFileSync(new URL('../reference/data/matching.json', import.meta.url), 'utf8'),
)

describe.each(testBackends)('against PyTorch float64 on %s', (backend) => {
  beforeAll(() => activate(backend))
  const ctx = { step: 0, rng: rng(0), phase: 'train' as const }

  it.each(reference.cases.map((c) => [c.distance, c.fullContext, c] as const))(
    '%s, full context %s: predictions, gradient, Hessian times a direction',
    (distance, fullContext, c) => {
      const learner = matching({
        backbone: mlp({ hidden: [4], outputs: 3, activation: 'tanh' }),
        distance,
        fullContext,
        learnsTemperature: true,
      })
      const episode = referenceEpisode(reference.task, reference.ways)
      const drawn = learner.init(rng(0), { inputShape: [2] })
      const filled = (values: ReferenceTree) =>
        tree.map((_, path) => toTensor(values[path]!), drawn.params)
      const meta: Meta = { params: filled(reference.params), state: drawn.state }
      const adapted = learner.adapt(meta, episode.support, ctx)
      const found = learner.predict(meta, adapted, episode.query.x, ctx).dataSync()
      expect(relativeError(found, c.logProbs.data)).toBeLessThan(1e-5)
      const { embeddings } = (adapted as { memory: { embeddings: Tensor } }).memory
      expect(relativeError(embeddings.dataSync(), c.support.data)).toBeLessThan(1e-5)

      const loss = (params: Params) => learner.loss({ ...meta, params }, episode, ctx).loss
      const { value, gradient } = valueAndGrad(loss)(meta.params)
      expect(relativeError(value.dataSync(), [c.loss])).toBeLessThan(1e-5)
      const curved = hvp(loss, meta.params, filled(reference.direction))
      for (const [actual, expected] of [
        [gradient, c.gradient],
        [curved, c.hvp],
      ] as const) {
        const paths = tree.flatten(actual).map(([path]) => path)
        expect(paths).toEqual(Object.keys(expected).sort())
        const wanted = paths.flatMap((path) => expected[path]!.data)
        const numbers = tree.leaves(actual).flatMap((x) => [...x.dataSync()])
        expect(relativeError(numbers, wanted)).toBeLessThan(1e-4)
      }
    },
  )
})
