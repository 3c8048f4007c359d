import { conv4, type Episode, rng, tree } from '@kshot/core'
import { activate, learnerSuite, referenceSuite, relativeError, toyEpisodes } from '@kshot/testkit'
import { beforeAll, describe, expect, it } from 'vitest'
import { maml, mamlPlusPlus, metaSgd, stepImportance } from './index'
import { initial, load, metaGradient, numbers, smooth, train } from './testing'

const model = conv4({ filters: 8, blocks: 2, innerSteps: 2 })
const base = { model, innerRate: 0.4, steps: 2 }

learnerSuite('maml++', mamlPlusPlus({ ...base, multiStepLoss: 20 }), { load, gain: 0.08 })
learnerSuite(
  'maml++ with statistics for each step',
  mamlPlusPlus({ ...base, normalisation: { test: 'running' } }),
  { load, gain: 0.05 },
)

const PLAIN = { learnsRates: false, multiStepLoss: 0, adapts: '' }

referenceSuite('maml++ with every part switched off is maml', ['maml'], {
  maml: ({ firstOrder, ...options }) =>
    options.steps === 0
      ? maml(options)
      : mamlPlusPlus({ ...options, ...PLAIN, secondOrderFrom: firstOrder ? 1 : 0 }),
})

describe('maml++', () => {
  beforeAll(() => activate('cpu'))

  it('has a rate for each tensor and step: its gradient is that of all rates of the tensor', async () => {
    const options = { model: smooth, head: 'none', steps: 1 } as const
    const one = mamlPlusPlus({ ...options, innerRate: 0.05, multiStepLoss: 0 })
    const each = metaSgd({ ...options, initialRate: 0.05 })
    const [a, b] = [initial(one), initial(each)]
    expect(numbers(a.params).filter((v) => Math.abs(v - 0.05) < 1e-7)).toHaveLength(4)
    const rates = (await metaGradient(one, a)).slice(0, 4)
    const single = (await metaGradient(each, b)).slice(0, 6 + 6 + 1 + 6)
    const sums = [single.slice(0, 6), single.slice(6, 12), single.slice(12, 13), single.slice(13)]
    expect(
      relativeError(
        rates,
        sums.map((s) => s.reduce((x, y) => x + y)),
      ),
    ).toBeLessThan(1e-4)
  })

  it('goes from first- to second-order gradients at a meta-step', async () => {
    const options = { model: smooth, head: 'none', innerRate: 0.05, steps: 2 } as const
    const annealed = mamlPlusPlus({ ...options, ...PLAIN, secondOrderFrom: 10 })
    const first = await metaGradient(maml({ ...options, firstOrder: true }), initial(maml(options)))
    const second = await metaGradient(maml(options), initial(maml(options)))
    expect(await metaGradient(annealed, initial(annealed), train(9))).toEqual(first)
    expect(await metaGradient(annealed, initial(annealed), train(10))).toEqual(second)
    expect(relativeError(first, second)).toBeGreaterThan(1e-3)
  })

  it('judges all steps alike at first, and the last alone in the end', () => {
    expect(stepImportance(0, 4, 100)).toEqual([0.25, 0.25, 0.25, 0.25])
    expect(stepImportance(50, 4, 100)).toEqual([0.125, 0.125, 0.125, 0.625])
    expect(stepImportance(99, 4, 100)[0]).toBeCloseTo(0.0075)
    expect(stepImportance(100, 4, 100)).toEqual([0, 0, 0, 1])
    for (const step of [0, 7, 99, 100]) {
      const sum = stepImportance(step, 5, 100).reduce((a, b) => a + b)
      expect(sum).toBeCloseTo(1)
    }
  })

  it('normalises with rows of its own in each inner step', async () => {
    const learner = mamlPlusPlus({ ...base, multiStepLoss: 0 })
    const tasks = toyEpisodes({ ways: 3, shots: 1, queries: 1 })
    const meta = learner.init(rng(1), tasks.taskSpec)
    const { state } = learner.loss(meta, tasks(0) as Episode, train())
    for (const [path, rows] of tree.flatten(state)) {
      const before = path.endsWith('variance') ? 1 : 0
      const values = rows.arraySync() as number[][]
      expect(values.map((row) => row.some((v) => v !== before))).toEqual([true, true])
    }
  })

  it('does not adapt batch norm, and refuses what is no option', () => {
    const learner = mamlPlusPlus(base)
    const tasks = toyEpisodes({ ways: 3, shots: 1, queries: 1 })
    const meta = learner.init(rng(1), tasks.taskSpec)
    const adapted = learner.adapt(meta, (tasks(0) as Episode).support, train())
    const before = (meta.params as { weights: tree.Params }).weights
    const after = (adapted as { [part: string]: tree.Params }).params!
    for (const [i, [path, tensor]] of tree.flatten(after).entries()) {
      if (!path.includes('/norm/')) continue
      expect(tensor.dataSync(), path).toEqual(tree.leaves(before)[i]!.dataSync())
    }
    expect(() => mamlPlusPlus({ ...base, steps: 0 })).toThrow('at least 1')
    expect(() => mamlPlusPlus({ ...base, multiStepLoss: -1 })).toThrow('multiStepLoss')
    expect(() => mamlPlusPlus({ ...base, secondOrderFrom: 0.5 })).toThrow('secondOrderFrom')
  })
})
