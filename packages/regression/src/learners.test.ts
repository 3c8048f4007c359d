import { wasm } from '@kshot/backend-wasm'
import {
  adam,
  type Batch,
  embeddings,
  evaluate,
  type Meta,
  type MetaLearner,
  metaTrain,
  mlp,
  type Params,
  rng,
  tree,
  useBackend,
  valueAndGrad,
} from '@kshot/core'
import { regressionTasks } from '@kshot/episodes'
import { leaked } from '@kshot/testkit'
import { add, mul, square, sum, tensor2d, tidy } from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { bayesianLinear, contextMean, gaussianProcess, neuralProcess } from './index'

beforeAll(() => useBackend(wasm()))

const ctx = { step: 0, rng: rng(0), phase: 'test' as const }
const batch = (x: number[][], y: number[][]): Batch => ({ x: tensor2d(x), y: tensor2d(y) })
const rows = (meta: Meta, learner: MetaLearner, support: Batch, x: number[][]) =>
  tidy(() => learner.predict(meta, learner.adapt(meta, support, ctx), tensor2d(x), ctx).arraySync())

/** y = a sin(x₁) + x₂ and, beside it, −y: of another a in each task. */
const slopes = (seed: number, outputs = 2) =>
  regressionTasks(
    {
      spec: { package: '@kshot/episodes', export: 'toy', options: {} },
      inputs: 2,
      outputs,
      tasks: [0.5, 1, 1.5].map((a) => ({
        id: `slope ${a}`,
        x: Float32Array.from({ length: 80 }, (_, i) => 1.5 * Math.sin(i * i)),
        y: Float32Array.from({ length: 40 * outputs }, (_, i) => {
          const row = Math.floor(i / outputs)
          const [first, second] = [0, 1].map((k) => 1.5 * Math.sin((2 * row + k) ** 2))
          return (a * Math.sin(first!) + second!) * (i % outputs === 0 ? 1 : -1)
        }),
      })),
    },
    { shots: 4, queries: 6, seed },
  )

const learners = {
  ridge: bayesianLinear({ model: embeddings(), prior: 'zero' }),
  bayesianLinear: bayesianLinear({ model: mlp({ hidden: [8], outputs: 4, activation: 'tanh' }) }),
  gaussianProcess: gaussianProcess(),
  neuralProcess: neuralProcess({ hidden: [8], width: 4 }),
}

describe.each(Object.entries(learners))('%s', (_, learner) => {
  it('has the derivative that its loss has, along a direction', () => {
    tidy(() => {
      const tasks = slopes(1)
      const meta = learner.init(rng(1), tasks.taskSpec)
      const task = tasks(0)
      if (task instanceof Promise) throw new Error('drawn at once')
      const lossAt = (params: Params) =>
        learner.loss({ ...meta, params }, task, { ...ctx, phase: 'train' }).loss
      const { gradient } = valueAndGrad((params: Params) => ({
        value: lossAt(params),
        aux: {},
      }))(meta.params)
      const leaves = tree.leaves(gradient)
      const squares = leaves.reduce((all, g) => all + sum(square(g)).dataSync()[0]!, 0)
      const along = (step: number) =>
        tree.zip(([p, g]) => add(p!, mul(g!, step / Math.sqrt(squares))), meta.params, gradient)
      const step = 1e-2
      const [up, down] = [step, -step].map((s) => lossAt(along(s)).dataSync()[0]!)
      expect((up! - down!) / (2 * step) / Math.sqrt(squares)).toBeCloseTo(1, 2)
    })
  })

  it('does not depend on the order of the support set, and predicts each query alone', () => {
    tidy(() => {
      const meta = learner.init(rng(1), { inputShape: [2], outputShape: [1] })
      const points = [
        [[0.1, 2], [1]],
        [[-1, 0.5], [0.2]],
        [[2, -0.3], [-1]],
      ] as [number[], number[]][]
      const of = (list: typeof points) =>
        batch(
          list.map(([x]) => x),
          list.map(([, y]) => y),
        )
      const queries = [
        [0.3, 0.3],
        [1, 1],
      ]
      const there = rows(meta, learner, of(points), queries) as number[][]
      const back = rows(meta, learner, of([...points].reverse()), queries) as number[][]
      const alone = rows(meta, learner, of(points), [queries[1]!]) as number[][]
      expect(back[0]![0]).toBeCloseTo(there[0]![0]!, 5)
      expect(alone[0]![0]).toBeCloseTo(there[1]![0]!, 5)
    })
  })

  it('refuses an empty support set', () => {
    tidy(() => {
      const meta = learner.init(rng(1), { inputShape: [2], outputShape: [1] })
      const none = { x: tensor2d([], [0, 2]), y: tensor2d([], [0, 1]) }
      expect(() => learner.adapt(meta, none, ctx)).toThrow(/without examples/)
    })
  })

  it('beats the mean of the context after a little training, and leaves no tensor', async () => {
    const tasks = slopes(1)
    const test = slopes(2)
    let error = 0
    const run = async () => {
      const optimizer = adam(1e-2)
      const { meta, state } = await metaTrain({
        learner,
        optimizer,
        tasks,
        steps: 150,
        metaBatch: 2,
      })
      const { mean } = await evaluate({ learner, meta, tasks: test, count: 15 })
      error = mean
      tree.dispose({ ...meta, o: state.optimizer } as unknown as Params)
    }
    expect(await leaked(run)).toBe(0)
    const mean = contextMean()
    const meta = mean.init(rng(0), test.taskSpec)
    const { mean: baseline } = await evaluate({ learner: mean, meta, tasks: test, count: 15 })
    expect(error).toBeLessThan(baseline)
  })
})

describe('bayesianLinear', () => {
  it('is the closed form: (ΦᵀΦ + λ)⁻¹ ΦᵀY, and the variance beside it', () => {
    tidy(() => {
      const learner = bayesianLinear({ model: embeddings(), prior: 'zero', lambda: 2, noise: 0.3 })
      const meta = learner.init(rng(1), { inputShape: [1], outputShape: [1] })
      // Φ = [[1, 1], [3, 1]], so ΦᵀΦ + 2 = [[12, 4], [4, 4]], whose determinant is 32; ΦᵀY = [7, 3]
      const support = batch([[1], [3]], [[1], [2]])
      const adapted = learner.adapt(meta, support, ctx)
      const { mean, variance } = learner.predictive(meta, adapted, tensor2d([[2]]), ctx)
      const w = (4 * 7 - 4 * 3) / 32
      const b = (12 * 3 - 4 * 7) / 32
      expect(mean.dataSync()[0]).toBeCloseTo(2 * w + b, 5)
      // [2, 1] A⁻¹ [2, 1]ᵀ = (4·4 − 2·2·4 + 12) / 32
      expect(variance.dataSync()[0]).toBeCloseTo(0.09 * (1 + (16 - 16 + 12) / 32), 5)
    })
  })
})

describe('gaussianProcess', () => {
  it('is the closed form for one point', () => {
    tidy(() => {
      const learner = gaussianProcess({ length: 2, noise: 0.5 })
      const meta = learner.init(rng(1), { inputShape: [1], outputShape: [1] })
      const adapted = learner.adapt(meta, batch([[0]], [[3]]), ctx)
      const { mean, variance } = learner.predictive(meta, adapted, tensor2d([[2]]), ctx)
      const k = Math.exp(-0.5)
      expect(mean.dataSync()[0]).toBeCloseTo((3 * k) / 1.25, 4)
      expect(variance.dataSync()[0]).toBeCloseTo(1.25 - (k * k) / 1.25, 4)
    })
  })
})
