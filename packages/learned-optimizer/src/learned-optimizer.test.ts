import { adam, conv4, fromSpec, mlp, type Optimizer, rng, saveMeta, sgd, tree } from '@kshot/core'
import { maml } from '@kshot/maml'
import { activate, codeOf, learnerSuite, testBackends } from '@kshot/testkit'
import { memory, tensor } from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  classifications,
  descend,
  learnedOptimizer,
  linearMap,
  lossCurves,
  optimizerTraining,
  quadratics,
  tunedOn,
} from './index'

const last = (losses: readonly number[]) => losses.at(-1)!

describe.each(testBackends)('a learned optimizer on %s', (backend) => {
  beforeAll(() => activate(backend))

  it('solves quadratic functions that it has not seen better than one step of chance', async () => {
    const before = memory().numTensors
    const set = { model: linearMap(), tasks: quadratics({ seed: 'unseen' }), count: 5 }
    const curves = await lossCurves(learnedOptimizer.load('quadratics'), set, 60)
    for (const losses of curves) expect(last(losses)).toBeLessThan(0.5 * losses[0]!)
    expect(memory().numTensors).toBe(before)
  })

  it('trains a small net that it has not seen', async () => {
    const model = mlp({ hidden: [8], outputs: 2, activation: 'sigmoid' })
    const data = twoClouds()
    const tasks = classifications({ data, model, classes: 2, batch: 16, batches: 5, seed: 1 })
    const [losses] = await lossCurves(learnedOptimizer(), { model, tasks, count: 1 }, 60)
    expect(last(losses!)).toBeLessThan(0.5 * losses![0]!)
  })

  it('is an optimizer like others: update after update, nothing left behind', () => {
    const before = memory().numTensors
    const params = { a: tensor([[1, -2]]), b: tensor(3) }
    const optimizer = learnedOptimizer()
    const state = optimizer.init(params)
    const moved = optimizer.update(params, state, { step: 0, params })
    expect(tree.flatten(moved.updates).map(([path, t]) => [path, t.shape])).toEqual([
      ['a', [1, 2]],
      ['b', []],
    ])
    tree.dispose([params, state, moved.updates, moved.state])
    expect(memory().numTensors).toBe(before)
  })
})

learnerSuite(
  'maml with a learned inner optimizer',
  maml({
    model: conv4({ filters: 8, blocks: 2 }),
    innerRate: 0.1,
    innerOptimizer: learnedOptimizer() as Optimizer,
    steps: 2,
  }),
  { load, gain: 0.08, backends: ['wasm'] },
)

async function load(name: string): Promise<object> {
  if (name === '@kshot/maml') return import('@kshot/maml')
  return name === '@kshot/core' ? import('@kshot/core') : import('./index')
}

describe('weights', () => {
  beforeAll(() => activate('cpu'))

  it('are built again from a spec', async () => {
    const registry = { optimizer: { '@kshot/learned-optimizer': { learnedOptimizer } } }
    const { spec } = learnedOptimizer({ weights: 'quadratics' })
    const again = await fromSpec<Optimizer>(spec, 'optimizer', registry)
    expect(again.spec).toEqual(spec)
  })

  it('of another training load from its checkpoint, and are their own spec', async () => {
    const learner = optimizerTraining({ model: linearMap(), units: 4, preprocess: 'none' })
    const meta = learner.init(rng(1), { inputShape: [10] })
    const optimizer = learnedOptimizer.load(await saveMeta(learner.spec, meta))
    const problem = await quadratics({ seed: 1 })(0)
    const losses = await descend(optimizer, linearMap(), problem, 2)
    const copy = learnedOptimizer(optimizer.spec.options as { weights: string })
    expect(await descend(copy, linearMap(), problem, 2)).toEqual(losses)
    tree.dispose([meta.params, problem])
  })

  it('that are none are refused by name', async () => {
    const load = (weights: Uint8Array) => () => learnedOptimizer.load(weights)
    const learner = optimizerTraining({ model: linearMap(), units: 4 })
    const meta = learner.init(rng(1), { inputShape: [10] })
    const bytes = await saveMeta(learner.spec, meta)
    const other = await saveMeta(sgd(1).spec, meta)
    const unlike = optimizerTraining({ model: linearMap(), units: 5 })
    expect(codeOf(load(bytes.slice(0, 99)))).toBe('checkpoint/damaged')
    expect(codeOf(load(other))).toBe('learned-optimizer/bad-weights')
    expect(codeOf(load(await saveMeta(unlike.spec, meta)))).toBe('learned-optimizer/bad-weights')
    const named = () => learnedOptimizer({ weights: 'no such weights' }).init(meta.params)
    expect(codeOf(named)).toBe('learned-optimizer/bad-weights')
    for (const none of [null, 3, {}, []]) {
      expect(codeOf(load(none as never))).toBe('learned-optimizer/bad-weights')
    }
    tree.dispose(meta.params)
  })
})

describe('a search for a rate', () => {
  beforeAll(() => activate('cpu'))
  const set = { model: linearMap(), tasks: quadratics({ seed: 'validation' }), count: 3 }

  it('takes the best on validation problems, and divergence for the worst', async () => {
    const rates = [1e-4, 1e-2, 10]
    const best = await tunedOn(set, { name: 'sgd', make: sgd }, rates, 60, last)
    expect(best.rate).toBe(1e-2)
    expect(best.trials.map(({ rate }) => rate)).toEqual(rates)
    expect(best.trials[2]!.score).toBe(Number.POSITIVE_INFINITY)
  })

  it('says so where nothing holds', async () => {
    const search = tunedOn(set, { name: 'sgd', make: sgd }, [10], 60, last)
    await expect(search).rejects.toMatchObject({ code: 'learned-optimizer/no-rate' })
  })

  it('is for every optimizer', async () => {
    const best = await tunedOn(set, { name: 'adam', make: (rate) => adam(rate) }, [0.1], 20, last)
    expect(best.optimizer.spec.export).toBe('adam')
  })
})

/** Two classes of points around (±1, ±1). */
function twoClouds() {
  return {
    spec: { package: 'test', export: 'twoClouds', options: {} },
    shape: [2],
    classes: [{ size: 20 }, { size: 20 }],
    read(k: number, i: number, target: Float32Array, offset: number) {
      const noise = rng(k).split(i)
      for (let d = 0; d < 2; d++) target[offset + d] = (k === 0 ? 1 : -1) + 0.3 * noise.normal()
    },
  }
}
