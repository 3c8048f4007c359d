import { conv4, type Episode, rng, sequential, sgd, type tree } from '@kshot/core'
import { activate, learnerSuite, relativeError, toyEpisodes } from '@kshot/testkit'
import { mean, sub, type Tensor } from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { reptile } from './index'
import { curve, initial, load, metaGradient, numbers, smooth, train } from './testing'

const model = conv4({ filters: 8, blocks: 2 })

// A task of one shot and three queries per class, of which it learns from the shot alone.
const quick = { model, steps: 3, innerOptimizer: sgd(0.4) }
learnerSuite('reptile', reptile(quick), { load, gain: 0.05 })
learnerSuite(
  'reptile, fixed head, mini-batches',
  reptile({ ...quick, head: 'fixed', ways: 3, batch: { train: 2, test: 2 } }),
  { load, gain: 0.05 },
)

describe('reptile', () => {
  beforeAll(() => activate('cpu'))
  const options = { model: smooth, head: 'none', steps: 4 } as const

  it('draws mini-batches by the seed of the task', async () => {
    const learner = reptile({ ...options, batch: { train: 2 }, innerOptimizer: sgd(0.1) })
    const at = (seed: number) => ({ ...train(), rng: rng(seed) })
    const meta = initial(learner)
    expect(await metaGradient(learner, meta, at(1))).toEqual(
      await metaGradient(learner, meta, at(1)),
    )
    expect(await metaGradient(learner, meta, at(1))).not.toEqual(
      await metaGradient(learner, meta, at(2)),
    )
  })

  it('goes through the whole support set before it sees an example twice', async () => {
    const whole = reptile({ ...options, steps: 1, innerOptimizer: sgd(1e-4) })
    const five = reptile({ ...options, steps: 5, batch: { train: 1 }, innerOptimizer: sgd(1e-4) })
    // at a rate of nearly nothing, five steps of one example are five times a step of all five
    const [a, b] = [
      await metaGradient(whole, initial(whole)),
      await metaGradient(five, initial(five)),
    ]
    expect(
      relativeError(
        b,
        a.map((v) => 5 * v),
      ),
    ).toBeLessThan(0.02)
  })

  it('carries the moments of the inner optimizer on, averaged over the meta-batch', async () => {
    const learner = reptile(options)
    const meta = initial(learner)
    const moments = (state: tree.Params) =>
      numbers((state as { [part: string]: tree.Params }).optimizer!)
    const run = async (...tasks: Episode[]) =>
      moments((await sequential().metaGradient(learner, meta, tasks, train())).state)
    const [one, two] = [await run(curve(1)), await run(curve(2))]
    expect(one.some((v) => v !== 0)).toBe(true)
    const halfway = one.map((v, i) => (v + two[i]!) / 2)
    expect(relativeError(await run(curve(1), curve(2)), halfway)).toBeLessThan(1e-5)
  })

  it('makes one column of a shared head again: the mean of those of the classes', async () => {
    const learner = reptile({ ...quick, head: 'shared' })
    const tasks = toyEpisodes({ ways: 3, shots: 2, queries: 1 })
    const meta = learner.init(rng(1), tasks.taskSpec)
    const task = tasks(0) as Episode
    const { gradient } = learner.gradient!(meta, task, train())
    const { params } = learner.adapt(meta, task.support, train()) as {
      params: { head: { weight: Tensor } }
    }
    const start = (meta.params as typeof params).head.weight
    const expected = sub(start, mean(params.head.weight, -1, true)).dataSync()
    const actual = (gradient as typeof params).head.weight
    expect(relativeError(actual.dataSync(), expected)).toBeLessThan(1e-5)
  })

  it('refuses batches that are none', () => {
    expect(() => reptile({ ...options, batch: { train: 0 } })).toThrow('batch')
    expect(() => reptile({ ...options, steps: 0 })).toThrow('at least 1')
  })
})
