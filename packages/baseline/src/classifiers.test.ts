import {
  adam,
  type Batch,
  conv4,
  disposeTask,
  embeddings,
  evaluate,
  grad,
  type MetaLearner,
  metaTrain,
  rng,
  sgd,
  softmaxCrossEntropy,
  type tree,
} from '@kshot/core'
import {
  activate,
  codeOf,
  leaked,
  learnerSuite,
  relativeError,
  testBackends,
  toyBatches,
  toyEpisodes,
} from '@kshot/testkit'
import {
  argMax,
  cast,
  div,
  mean,
  memory,
  oneHot,
  scalar,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  tensor1d,
  tensor2d,
} from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { cosineHead, linearHead, randomHead } from './heads'
import { fineTuned, simpleShot } from './index'
import { load, supportOf, testing } from './testing'
import { tuned } from './tuning'

const backbone = conv4({ filters: 4, blocks: 1 })
const learners = {
  Baseline: fineTuned({ backbone, steps: 20 }),
  'Baseline++': fineTuned({ backbone, head: 'cosine', steps: 20 }),
  'Baseline++, a drawn head': fineTuned({
    backbone,
    head: 'cosine',
    headInit: 'random',
    steps: 50,
    rate: 0.1,
  }),
  SimpleShot: simpleShot({ backbone }),
  'SimpleShot, as they are': simpleShot({ backbone, transform: 'none' }),
} as const

for (const [name, learner] of Object.entries(learners)) {
  learnerSuite(name, learner, { load, steps: 40, rate: 0.02 })
}

describe.each(testBackends)('a new head on %s', (backend) => {
  beforeAll(() => activate(backend))
  const features = [
    [1, 0.5, -0.2],
    [0.3, -1, 0.8],
    [-0.6, 0.9, 1.5],
    [0.2, 0.1, -0.7],
  ]
  const labels = [0, 1, 2, 1]
  const heads = { linear: linearHead, cosine: cosineHead(() => 2) }

  it.each(Object.entries(heads))('%s: the gradient is that of the tape', (_, head) => {
    const inputs = head.inputs(tensor2d(features))
    const weight = randomHead(rng(1), [head.rows(3), 3])
    const y = tensor1d(labels, 'int32')
    const loss = (w: Tensor) => softmaxCrossEntropy(head.logits(inputs, w as Tensor2D), y)
    const labelled = cast(oneHot(y, 3), 'float32') as Tensor2D
    const gradient = head.gradient(inputs, weight, labelled)
    expect(relativeError(gradient.dataSync(), grad(loss)(weight).dataSync())).toBeLessThan(1e-5)
  })

  it('moves as PyTorch does, with momentum, dampening and decay', () => {
    // W with one entry a class, the slope of a constant pull: t1 = g1, t2 = 0.9 t1 + 0.1 g2.
    const pull = tensor2d([[1, -2]])
    const head = { ...linearHead, gradient: () => pull.clone() }
    const first = tensor2d([[0.5, 0.5]])
    const options = { steps: 2, rate: 0.1, weightDecay: 0.01 }
    const moved = tuned(head, tensor2d([[1]]), tensor2d([[1, 0]]), first, options)
    const expected = [1, -2].map((g) => {
      const t1 = g + 0.01 * 0.5
      const w1 = 0.5 - 0.1 * t1
      return w1 - 0.1 * (0.9 * t1 + 0.1 * (g + 0.01 * w1))
    })
    expect(relativeError(moved.dataSync(), expected)).toBeLessThan(1e-6)
  })

  it.each(Object.entries(heads))('%s: tells the support set apart once it is tuned', (kind) => {
    const head = kind as 'linear' | 'cosine'
    const learner = fineTuned({ backbone: embeddings(), head, steps: 300, rate: 0.3 })
    const meta = learner.init(rng(0), { inputShape: [3], ways: 2 })
    const support = supportOf(features, labels, 3)
    const adapted = learner.adapt(meta, support, testing())
    const logits = learner.predict(meta, adapted, support.x, testing())
    expect([...argMax(logits, 1).dataSync()]).toEqual(labels)
  })

  it('begins as nearest cosine centroid, with no steps', () => {
    const learner = fineTuned({ backbone: embeddings(), head: 'cosine', steps: 0, scale: 3 })
    const meta = learner.init(rng(0), { inputShape: [2], ways: 2 })
    const support = supportOf(
      [
        [3, 0],
        [0, 2],
      ],
      [0, 1],
      2,
    )
    const adapted = learner.adapt(meta, support, testing())
    const logits = learner.predict(meta, adapted, tensor2d([[3, 4]]), testing())
    expect(relativeError(logits.dataSync(), [1.8, 2.4])).toBeLessThan(1e-5)
  })

  it('is finite for a class without examples and an example of zeros', () => {
    for (const head of ['linear', 'cosine'] as const) {
      const learner = fineTuned({ backbone: embeddings(), head })
      const meta = learner.init(rng(0), { inputShape: [2], ways: 2 })
      const support = supportOf(
        [
          [3, 1],
          [0, 0],
        ],
        [0, 2],
        3,
      )
      const adapted = learner.adapt(meta, support, testing())
      const logits = learner.predict(meta, adapted, tensor2d([[3, 1]]), testing())
      const values = [...logits.dataSync()]
      expect(values.every(Number.isFinite)).toBe(true)
      expect(Math.max(...values)).toBe(values[0])
    }
  })
})

describe.each(testBackends)('SimpleShot on %s', (backend) => {
  beforeAll(() => activate(backend))
  const meta = (sum: number[], weight: number) => ({
    params: { body: {}, head: tensor2d([[0], [0], [0]]) },
    state: { body: {}, features: { sum: tensor1d(sum), weight: scalar(weight) } },
  })
  const logits = (transform: 'none' | 'L2N' | 'CL2N', sum = [2, 2], weight = 2) => {
    const learner = simpleShot({ backbone: embeddings(), transform })
    const at = meta(sum, weight)
    const rows = [
      [3, 1],
      [1, 1],
      [1, 3],
    ] // of class 0, 0 and 1
    const adapted = learner.adapt(at, supportOf(rows, [0, 0, 1], 2), testing())
    return [...learner.predict(at, adapted, tensor2d([[2, 1]]), testing()).dataSync()]
  }

  it('is nearest centroid of features that are centred and of length 1', () => {
    expect(relativeError(logits('none'), [0, -5])).toBeLessThan(1e-6)
    const unit = (x: number, y: number) => [x / Math.hypot(x, y), y / Math.hypot(x, y)] as const
    const far = (a: readonly number[], b: readonly number[]) =>
      -((a[0]! - b[0]!) ** 2) - (a[1]! - b[1]!) ** 2
    const [a, b, c, q] = [unit(3, 1), unit(1, 1), unit(1, 3), unit(2, 1)]
    const first = [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2]
    expect(relativeError(logits('L2N'), [far(q, first), far(q, c)])).toBeLessThan(1e-5)
    // Centred by (1, 1): (2, 0), (0, 0) and (0, 2); the query is (1, 0).
    expect(relativeError(logits('CL2N'), [-0.25, -2])).toBeLessThan(1e-5)
  })

  it('has no centre before training', () => {
    expect(logits('CL2N', [0, 0], 0)).toEqual(logits('L2N'))
  })

  it('carries the mean of the training features, older ones fading', () => {
    const learner = simpleShot({ backbone: embeddings() })
    const rows = [
      [
        [1, 3],
        [3, 5],
      ],
      [
        [10, 0],
        [0, 10],
      ],
    ]
    let at = learner.init(rng(0), { inputShape: [2], ways: 2 })
    for (const x of rows) {
      const { state } = learner.loss(at, supportOf(x, [0, 1], 2), { ...testing(), phase: 'train' })
      at = { ...at, state }
    }
    const { sum, weight } = (at.state as { features: { sum: Tensor; weight: Tensor } }).features
    expect(relativeError(sum.dataSync(), [2 * 0.995 + 5, 4 * 0.995 + 5])).toBeLessThan(1e-6)
    expect(relativeError(weight.dataSync(), [1.995])).toBeLessThan(1e-6)
  })

  it('learns the mean of its features over a training', { timeout: 120_000 }, async () => {
    const learner = simpleShot({ backbone })
    const tasks = toyBatches()
    const options = { learner, optimizer: sgd(1e-4), tasks, steps: 60 }
    const { meta: trained, state } = await metaTrain(options)
    const { body, features } = trained.state as never as { body: tree.Params; features: never }
    const { sum, weight } = features as { sum: Tensor1D; weight: Tensor }
    const means = Array.from({ length: 20 }, (_, i) => {
      const { x } = tasks(100 + i) as Batch
      const weights = { params: (trained.params as { body: tree.Params }).body, state: body }
      return [...mean(backbone.apply(weights, x, { norm: 'batch' }).y, 0).dataSync()]
    })
    const expected = means[0]!.map((_, k) => means.reduce((all, row) => all + row[k]! / 20, 0))
    expect(relativeError(div(sum, weight).dataSync(), expected)).toBeLessThan(0.1)
    disposeTask([trained, state])
  })
})

describe.each(Object.entries({ Baseline: learners.Baseline, SimpleShot: learners.SimpleShot }))(
  '%s on wasm',
  (_, learner: MetaLearner<Batch>) => {
    beforeAll(() => activate('wasm'))

    it('needs to know how many classes it trains on, and refuses others', () => {
      const init = (ways: { ways?: number }) => () =>
        disposeTask(learner.init(rng(1), { inputShape: [8, 8, 1], ...ways }))
      expect(codeOf(init({}))).toBe('baseline/no-training-classes')
      const meta = learner.init(rng(1), { inputShape: [8, 8, 1], ways: 7 })
      const batch = toyBatches()(0) as Batch
      const loss = (task: object) => () => learner.loss(meta, task as Batch, testing())
      expect(codeOf(loss(batch))).toBe('baseline/wrong-way')
      const { x, y } = batch
      expect(codeOf(loss({ x, y }))).toBe('baseline/wrong-way')
      disposeTask([meta, batch])
    })

    it('holds as many tensors after 100 steps as after 10', async () => {
      const counts = new Map<number, number>()
      const left = await leaked(async () => {
        const { meta, state } = await metaTrain({
          learner,
          optimizer: adam(0.01),
          tasks: toyBatches(),
          steps: 100,
          onStep: ({ step }) => void counts.set(step, memory().numTensors),
        })
        const episodes = toyEpisodes({ ways: 3, shots: 1, queries: 1 })
        const judged = { learner, meta, tasks: episodes }
        await evaluate({ ...judged, count: 50 })
        disposeTask([meta, state])
      })
      expect(counts.get(100)).toBe(counts.get(10))
      expect(left).toBe(0)
    })
  },
)

describe('options', () => {
  const code = (options: object) =>
    codeOf(() => fineTuned({ backbone, ...options } as Parameters<typeof fineTuned>[0]))

  it('are checked', () => {
    for (const wrong of [
      { steps: -1 },
      { steps: 1.5 },
      { rate: 0 },
      { rate: Number.NaN },
      { scale: -1 },
      { weightDecay: -1 },
      { head: 'square' },
      { headInit: 'zeros' },
    ]) {
      expect([wrong, code(wrong)]).toEqual([wrong, 'baseline/bad-option'])
    }
    expect(code({ steps: 0, weightDecay: 0, scale: 5 })).toBeUndefined()
    const transform = 'L1N' as 'L2N'
    expect(codeOf(() => simpleShot({ backbone, transform }))).toBe('baseline/bad-option')
  })

  it('scale the cosine as the published code: 2 up to 200 classes, 10 beyond', async () => {
    await activate('wasm')
    const learner = fineTuned({ backbone: embeddings(), head: 'cosine', steps: 0 })
    const largest = (ways: number) => {
      const at = learner.init(rng(0), { inputShape: [2], ways: 2 })
      const adapted = learner.adapt(at, supportOf([[1, 0]], [0], ways), testing())
      return Math.max(...learner.predict(at, adapted, tensor2d([[1, 0]]), testing()).dataSync())
    }
    expect([largest(200), largest(201)]).toEqual([2, 10].map((v) => expect.closeTo(v, 4)))
  })
})
