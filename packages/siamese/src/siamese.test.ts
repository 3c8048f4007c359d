import {
  adam,
  conv4,
  convMaps,
  disposeTask,
  embeddings,
  type Meta,
  metaTrain,
  mlp,
  rng,
  type ShapedModel,
} from '@kshot/core'
import { flatten } from '@kshot/core/nn'
import { activate, codeOf, leaked, learnerSuite, testBackends, toyPairs } from '@kshot/testkit'
import { argMax, memory, mul, type Tensor, tensor1d, tensor2d, zeros } from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { siamese } from './index'

const packages: Record<string, () => Promise<object>> = {
  '@kshot/core': () => import('@kshot/core'),
  '@kshot/siamese': () => import('./index'),
}
const load = (name: string) => packages[name]!()
const backbone = conv4({ filters: 8, blocks: 2 })

const small = mlp({ hidden: [], outputs: 16 })
learnerSuite('siamese', siamese({ backbone: small, regularisation: 1e-4 }), { load })
learnerSuite(
  'siamese, transductive, the mean of the shots',
  siamese({ backbone, shots: 'mean', normalisation: { test: 'batch-joint' } }),
  { load, backends: ['wasm'] },
)
learnerSuite(
  'siamese, support + one',
  siamese({ backbone, normalisation: { test: 'support+one' } }),
  { load, backends: ['wasm'] },
)

/** Embeddings are the examples. */
const identity: ShapedModel = {
  ...flatten(),
  spec: { package: 'test', export: 'identity', options: {} },
}
/** α = (−1, −2), b = 0.5. */
const weights = (): Meta => ({
  params: {
    backbone: {},
    head: [
      { weight: tensor2d([[-1], [-2]]), bias: tensor1d([0.5]) },
      { gamma: tensor1d([2]), beta: tensor1d([0.1]) },
    ],
  },
  state: { backbone: {}, head: [{}, { mean: tensor1d([-4]), variance: tensor1d([25]) }] },
})
/** The head of the paper: nothing is normalised. */
const plain = { backbone: identity, normalisation: { train: 'none', test: 'none' } } as const
const ctx = { step: 0, rng: rng(0), phase: 'test' as const }

describe.each(testBackends)('siamese on %s', (backend) => {
  beforeAll(() => activate(backend))

  const support = () => ({
    x: tensor2d([
      [0, 0],
      [3, 1],
      [1, 1],
      [5, 5],
    ]),
    y: tensor1d([0, 1, 0, 0], 'int32'),
    ways: 2,
  })
  const queries = () =>
    tensor2d([
      [0, 1],
      [3, 3],
    ])

  it.each([
    // log-odds with the examples: −1.5, −2.5, −0.5, −12.5 and −8.5, −3.5, −5.5, −5.5
    ['max', [-0.5, -2.5, -5.5, -3.5]],
    ['mean', [-14.5 / 3, -2.5, -6.5, -3.5]],
  ] as const)('judges uneven shots by their %s', (shots, expected) => {
    const answers = (learner: ReturnType<typeof siamese>) => {
      const meta = weights()
      return learner.predict(meta, learner.adapt(meta, support(), ctx), queries(), ctx).dataSync()
    }
    const logOdds = [...answers(siamese({ ...plain, shots }))]
    expect(logOdds).toEqual(expected.map((v) => expect.closeTo(v, 4)))
    const normalised = [...answers(siamese({ backbone: identity, shots }))]
    expect(normalised).toEqual(expected.map((v) => expect.closeTo((2 * (v + 4)) / 5 + 0.1, 4)))
  })

  it.each(['max', 'mean'] as const)('never answers with a class without examples: %s', (shots) => {
    const learner = siamese({ ...plain, shots })
    const meta = weights()
    const adapted = learner.adapt(meta, { ...support(), ways: 3 }, ctx)
    const logits = learner.predict(meta, adapted, queries(), ctx).arraySync() as number[][]
    for (const row of logits) expect(row[2]).toBeCloseTo(-1e9, -3)
  })

  it('takes the cross-entropy of pairs, and the squares of the weights', () => {
    const pairs = {
      left: tensor2d([
        [0, 0],
        [1, 1],
      ]),
      right: tensor2d([
        [0, 0],
        [2, 1],
      ]),
      same: tensor1d([1, 0], 'int32'),
    }
    // log-odds 0.5 and −0.5: both are right, and as sure
    const expected = Math.log(1 + Math.exp(-0.5))
    const loss = (regularisation: number) =>
      siamese({ ...plain, regularisation }).loss(weights(), pairs, ctx)
    expect(loss(0).loss.dataSync()[0]).toBeCloseTo(expected, 5)
    expect(loss(0.1).loss.dataSync()[0]).toBeCloseTo(expected + 0.1 * 5, 5)
    expect(loss(0).metrics.accuracy!.dataSync()[0]).toBe(1)
  })

  it('says what is wrong with a support set or an option', () => {
    const learner = siamese({ backbone: identity })
    const { ways, ...without } = support()
    const adapt = (batch: Parameters<typeof learner.adapt>[1]) => () =>
      learner.adapt(weights(), batch, ctx)
    expect(codeOf(adapt(without))).toBe('core/no-classes')
    expect(codeOf(adapt({ ...support(), ways: 1 }))).toBe('core/one-class')
    const empty = { x: zeros([0, 2]), y: zeros([0], 'int32'), ways }
    expect(codeOf(adapt(empty))).toBe('core/empty-support')
    for (const regularisation of [-1, Number.NaN]) {
      expect(codeOf(() => siamese({ backbone, regularisation }))).toBe('siamese/bad-option')
    }
    const apart = () => siamese({ backbone, normalisation: { train: 'batch-separate' } })
    expect(codeOf(apart)).toBe('siamese/bad-option')
    const maps = siamese({ backbone: convMaps() })
    expect(codeOf(() => maps.init(rng(0), { inputShape: [28, 28, 1] }))).toBe('siamese/no-rows')
  })

  it('takes embeddings as they are, or a net on them', () => {
    for (const net of [undefined, small]) {
      const learner = siamese({ backbone: embeddings({ ...(net && { net }) }) })
      const meta = learner.init(rng(1), { inputShape: [4] })
      const x = tensor2d([1, 0, 0, 0, 0, 0, 0, 1], [2, 4])
      const task = learner.adapt(meta, { x, y: tensor1d([0, 1], 'int32'), ways: 2 }, ctx)
      const logits = learner.predict(meta, task, x, ctx) as Tensor
      expect([...argMax(logits, 1).dataSync()]).toEqual([0, 1])
    }
    const shapeless = { ...embeddings(), outputShape: undefined } as never
    const init = () => siamese({ backbone: shapeless }).init(rng(1), { inputShape: [4] })
    expect(codeOf(init)).toBe('core/no-output-shape')
  })

  it('starts from the distance, or from a draw', () => {
    const alpha = (learner: ReturnType<typeof siamese>) => {
      const { params } = learner.init(rng(1), { inputShape: [16] })
      return [...(params as { head: [{ weight: Tensor }] }).head[0].weight.dataSync()]
    }
    expect(alpha(siamese({ backbone: identity }))).toEqual(Array(16).fill(-0.25))
    const drawn = alpha(siamese({ backbone: identity, headInit: { normal: 0.2 } }))
    expect(Math.min(...drawn)).toBeLessThan(0)
    expect(Math.max(...drawn)).toBeGreaterThan(0)
  })

  it('judges evenly from the start, whatever the scale of the embeddings', async () => {
    const { left, right, same } = await toyPairs({ size: 8, noise: 0.1 })(0)
    for (const scale of [0.01, 1, 100]) {
      const pairs = { left: mul(left, scale), right: mul(right, scale), same }
      const learner = siamese({ backbone: identity })
      const meta = learner.init(rng(1), { inputShape: [8, 8, 1] })
      expect(learner.loss(meta, pairs, ctx).metrics.accuracy!.dataSync()[0]).toBe(1)
    }
  })

  it('holds as many tensors after 60 batches of pairs as after 10', async () => {
    const counts = new Map<number, number>()
    const left = await leaked(async () => {
      const { meta, state } = await metaTrain({
        learner: siamese({ backbone: conv4({ filters: 2, blocks: 2 }), regularisation: 0.01 }),
        optimizer: adam(0.01),
        tasks: toyPairs(),
        steps: 60,
        onStep: ({ step }) => void counts.set(step, memory().numTensors),
      })
      expect(state.examples).toBe(60 * 24)
      disposeTask([meta, state])
    })
    expect(counts.get(60)).toBe(counts.get(10))
    expect(left).toBe(0)
  })
})
