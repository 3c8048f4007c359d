import {
  adam,
  type Batch,
  conv4,
  convMaps,
  disposeTask,
  type Episode,
  type Meta,
  metaTrain,
  rng,
  type ShapedModel,
  tree,
} from '@kshot/core'
import {
  activate,
  codeOf,
  leaked,
  learnerSuite,
  relativeError,
  testBackends,
  toyEpisodes,
} from '@kshot/testkit'
import { gather, memory, mul, tensor1d, zeros } from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { relation } from './index'

const packages: Record<string, () => Promise<object>> = {
  '@kshot/core': () => import('@kshot/core'),
  '@kshot/relation': () => import('./index'),
}
const load = (name: string) => packages[name]!()
const backbone = convMaps({ filters: 8, blocks: 2, pooled: 1, padding: 'same' })
const small = { backbone, filters: 8 }

// half of the steps may end on the plateau where all scores are 1/ways
learnerSuite('relation', relation(small), { load, steps: 160, gain: 0.3 })
learnerSuite(
  'relation, as Sung’s code normalises',
  relation({
    ...small,
    normalisation: { train: 'batch-separate', test: 'batch-separate' },
  }),
  { load, backends: ['wasm'] },
)
learnerSuite(
  'relation, transductive, the mean of the shots, cross-entropy',
  relation({
    ...small,
    loss: 'cross-entropy',
    shots: 'mean',
    normalisation: { test: 'batch-joint' },
  }),
  { load, backends: ['wasm'] },
)

const ctx = { step: 0, rng: rng(0), phase: 'test' as const }
const inputShape = [8, 8, 1]

/** Maps are the examples. */
const identity: ShapedModel = {
  spec: { package: 'test', export: 'identity', options: {} },
  normalises: false,
  outputShape: (shape) => shape,
  init: () => ({ params: {}, state: {} }),
  apply: (_, x) => ({ y: x, state: {} }),
}

describe.each(testBackends)('relation on %s', (backend) => {
  beforeAll(() => activate(backend))

  const drawn = (shape = {}) =>
    toyEpisodes({ ways: 3, shots: 2, queries: 2, ...shape })(0) as Episode
  const answers = (
    learner: ReturnType<typeof relation>,
    meta: Meta,
    support: Batch,
    x: Batch['x'],
  ) => [...learner.predict(meta, learner.adapt(meta, support, ctx), x, ctx).dataSync()]

  it('sums the shots of a class, or takes their mean', () => {
    const { support, query } = drawn()
    const learners = (['sum', 'mean'] as const).map((shots) =>
      relation({ ...small, backbone: identity, shots }),
    )
    const meta = learners[0]!.init(rng(1), { inputShape })
    // each example twice: the sum is doubled, the mean is not
    const twice = (x: Batch['x']) =>
      gather(x, tensor1d([0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 5], 'int32'))
    const doubled = { ...support, x: twice(support.x), y: twice(support.y) }
    const both = [support, doubled].map((batch) =>
      learners.map((learner) => answers(learner, meta, batch, query.x)),
    )
    const [[sum, mean], [sums, means]] = both as [[number[], number[]], [number[], number[]]]
    expect(relativeError(means, mean)).toBeLessThan(1e-5)
    expect(relativeError(sums, sum)).toBeGreaterThan(1e-3)
    const scaled = { ...support, x: mul(support.x, 2) }
    expect(relativeError(sums, answers(learners[0]!, meta, scaled, query.x))).toBeLessThan(1e-5)
  })

  it('never answers with a class without examples', () => {
    const learner = relation(small)
    const meta = learner.init(rng(1), { inputShape })
    const { support, query } = drawn()
    const logits = answers(learner, meta, { ...support, ways: 4 }, query.x)
    const absent = logits.filter((_, i) => i % 4 === 3)
    for (const value of absent) expect(value).toBeCloseTo(-1e9, -3)
    expect(Math.min(...logits.filter((_, i) => i % 4 !== 3))).toBeGreaterThan(-100)
  })

  it('scores r by the squared error, or logits by the cross-entropy', () => {
    const { support, query, id } = drawn()
    const norm = { normalisation: { train: 'running' } } as const
    const learner = relation({ ...small, ...norm })
    const meta = learner.init(rng(1), { inputShape })
    const logits = answers(learner, meta, support, query.x)
    const labels = [...query.y.dataSync()]
    const target = (i: number) => (labels[Math.floor(i / 3)] === i % 3 ? 1 : 0)
    const errors = logits.map((z, i) => (1 / (1 + Math.exp(-z)) - target(i)) ** 2)
    const loss = (learner: ReturnType<typeof relation>) =>
      learner.loss(meta, { support, query, id }, ctx).loss.dataSync()[0]!
    expect(loss(learner)).toBeCloseTo(errors.reduce((a, b) => a + b) / errors.length, 5)
    const negativeLogs = labels.map((label, row) => {
      const z = logits.slice(3 * row, 3 * row + 3)
      return Math.log(z.reduce((sum, v) => sum + Math.exp(v), 0)) - z[label]!
    })
    expect(loss(relation({ ...small, ...norm, loss: 'cross-entropy' }))).toBeCloseTo(
      negativeLogs.reduce((a, b) => a + b) / labels.length,
      5,
    )
  })

  it('normalises support and queries apart, where it is told to', () => {
    const { support, query } = drawn()
    const learner = relation({ ...small, normalisation: { test: 'batch-separate' } })
    const joint = relation({ ...small, normalisation: { test: 'batch-joint' } })
    const meta = learner.init(rng(1), { inputShape })
    const [a, b] = [learner, joint].map((l) => answers(l, meta, support, query.x))
    expect(relativeError(a!, b!)).toBeGreaterThan(1e-3)
  })

  it('says what is wrong with a support set, a net or an option', () => {
    const learner = relation(small)
    const meta = learner.init(rng(1), { inputShape })
    const { ways, ...support } = drawn().support
    const adapt = (batch: Batch) => () => learner.adapt(meta, batch, ctx)
    expect(codeOf(adapt(support))).toBe('core/no-classes')
    expect(codeOf(adapt({ ...support, ways: 1 }))).toBe('core/one-class')
    const empty = { x: zeros([0, ...inputShape]), y: zeros([0], 'int32'), ways: ways! }
    expect(codeOf(adapt(empty))).toBe('core/empty-support')
    const start = (backbone: ShapedModel) => () =>
      relation({ backbone }).init(rng(0), { inputShape })
    expect(codeOf(start(conv4({ blocks: 2 })))).toBe('relation/no-maps')
    expect(codeOf(start(convMaps({ blocks: 2, pooled: 2, padding: 'same' })))).toBe(
      'relation/map-too-small',
    )
    for (const options of [{ filters: 0 }, { hidden: 1.5 }]) {
      expect(codeOf(() => relation({ backbone, ...options }))).toBe('relation/bad-option')
    }
  })

  it('holds as many tensors after 40 episodes as after 10', async () => {
    const counts = new Map<number, number>()
    const tasks = toyEpisodes({ ways: 2, shots: 1, queries: 1 })
    const left = await leaked(async () => {
      const { meta, state } = await metaTrain({
        learner: relation({ ...small, filters: 2, normalisation: { train: 'batch-separate' } }),
        optimizer: adam(0.01),
        tasks,
        steps: 40,
        onStep: ({ step }) => void counts.set(step, memory().numTensors),
      })
      disposeTask([meta, state])
    })
    expect(counts.get(40)).toBe(counts.get(10))
    expect(left).toBe(0)
  })
})

it('has the sizes of the paper', async () => {
  await activate('wasm')
  const { params } = relation({ backbone: convMaps() }).init(rng(1), { inputShape: [28, 28, 1] })
  const sizes = Object.fromEntries(
    Object.entries(params as Record<string, tree.Params>).map(([k, v]) => [k, tree.count(v)]),
  )
  const module = [64 * (9 * 128 + 1), 128, 64 * (9 * 64 + 1), 128, 8 * 65, 9]
  expect(sizes).toEqual({ embedding: 111_936, relation: module.reduce((a, b) => a + b) })
})
