import { cpu } from '@kshot/backend-cpu'
import { wasm } from '@kshot/backend-wasm'
import { fineTuned, nearestCentroid, nearestNeighbours, simpleShot } from '@kshot/baseline'
import {
  type Context,
  conv4,
  convMaps,
  disposeTask,
  type Episode,
  type Executor,
  evaluate,
  finnNet,
  type MetaLearner,
  mlp,
  momentum,
  rng,
  sequential,
  sgd,
  type TaskSource,
  tree,
  useBackend,
} from '@kshot/core'
import { sinusoids } from '@kshot/episodes'
import { anil, boil, implicitMaml, maml, mamlPlusPlus, metaSgd, reptile } from '@kshot/maml'
import { matching } from '@kshot/matching'
import { protonet } from '@kshot/protonet'
import { relation } from '@kshot/relation'
import { siamese } from '@kshot/siamese'
import { describeReference, leaked, relativeError, toyEpisodes, toyTasks } from '@kshot/testkit'
import { checkCase } from '@kshot/testkit/reference'
import { vectorised } from '@kshot/vmap'
import {
  getKernelsForBackend,
  type KernelConfig,
  memory,
  registerKernel,
  unregisterKernel,
  zeros,
} from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'

// Smooth: at a kink of ReLU two right ways of adding up may part.
const net = { model: mlp({ hidden: [8], outputs: 6, activation: 'tanh' }) }
const maps = convMaps({ filters: 3, blocks: 1, pooled: 1, padding: 'same' })
const shared = { ...net, innerRate: 0.3, steps: 2 }

/** Every learner there is, with all that makes it different inside. */
const learners: { readonly [name: string]: MetaLearner } = {
  protonet: protonet({ backbone: net.model }),
  'protonet, support+one': protonet({
    backbone: net.model,
    normalisation: { train: 'support+one' },
  }),
  matching: matching({ backbone: net.model }),
  'matching, support + one, Euclidean': matching({
    backbone: net.model,
    distance: 'squared-euclidean',
    learnsTemperature: true,
    normalisation: { train: 'support+one' },
  }),
  'matching, full context': matching({ backbone: net.model, fullContext: 3 }),
  'matching, support alone normalised, full context': matching({
    backbone: net.model,
    distance: 'cosine-support',
    fullContext: 1,
    normalisation: { train: 'batch-separate' },
  }),
  siamese: asLearner(siamese({ backbone: net.model, regularisation: 0.01 })),
  relation: relation({ backbone: maps, filters: 3 }),
  'relation, normalised apart, cross-entropy': relation({
    backbone: maps,
    filters: 3,
    loss: 'cross-entropy',
    normalisation: { train: 'batch-separate' },
  }),
  maml: maml(shared),
  'maml with a fixed head': maml({ ...shared, head: 'fixed', ways: 3 }),
  'maml with momentum': maml({ ...shared, innerOptimizer: momentum(0.3) }),
  'first-order maml': maml({ ...shared, firstOrder: true }),
  anil: anil(shared),
  boil: boil({ ...shared, ways: 3 }),
  'meta-sgd': metaSgd({ ...net, steps: 2, initialRate: 0.3 }),
  'maml++': mamlPlusPlus(shared),
  // Adam divides by the size of a gradient, and makes much of the rounding of a small one
  reptile: reptile({ ...net, steps: 3, batch: { train: 4 }, innerOptimizer: sgd(0.1) }),
  'implicit maml': implicitMaml({ ...shared, lambda: 10 }),
  baseline: asLearner(fineTuned({ backbone: net.model, headInit: 'random', steps: 5 })),
  'baseline++': asLearner(fineTuned({ backbone: net.model, head: 'cosine', steps: 5 })),
  simpleShot: asLearner(simpleShot({ backbone: net.model })),
  // These have nothing to learn: a gradient of zeros.
  'nearest centroid': nearestCentroid({ backbone: net.model }),
  'nearest neighbours': nearestNeighbours({ backbone: net.model, k: 4 }),
}

/** Each is given the tasks that it trains on. */
function asLearner<Task>(learner: MetaLearner<Task>): MetaLearner {
  return learner as unknown as MetaLearner
}

const toys = ({ trainsOn = 'episodes' }: MetaLearner) =>
  toyTasks(trainsOn, { ways: 3, shots: 2, queries: 2 }) as TaskSource

const ctx = (): Context => ({ step: 0, rng: rng(3), phase: 'train' })
const numbers = (trees: object) =>
  tree.flatten(trees as tree.Params).flatMap(([, x]) => [...x.dataSync()])

const sine = sinusoids({ shots: 5, queries: 5, seed: 1 })
const glyph = toyEpisodes({ ways: 5, shots: 1, queries: 1, size: 28 })

const backends = { cpu: cpu(), 'stock wasm': wasm({ kernels: 'stock' }), wasm: wasm() }

describe.each(Object.entries(backends))('all tasks at once on %s', (_, backend) => {
  beforeAll(async () => void (await useBackend(backend)))

  it.each(Object.entries(learners))('%s: the gradient of one by one', async (_, learner) => {
    const source = toys(learner)
    const tasks = Array.from({ length: 6 }, (_, i) => source(i) as Episode)
    const meta = learner.init(rng(1), source.taskSpec)
    const left = await leaked(async () => {
      const expected = await sequential().metaGradient(learner, meta, tasks, ctx())
      const actual = await vectorised().metaGradient(learner, meta, tasks, ctx())
      expect(tree.flatten(actual).map(([path]) => path)).toEqual(
        tree.flatten(expected).map(([path]) => path),
      )
      expect(relativeError(numbers(actual.gradient), numbers(expected.gradient))).toBeLessThan(1e-5)
      expect(relativeError(numbers(actual), numbers(expected))).toBeLessThan(1e-5)
      disposeTask([expected, actual])
    })
    expect(left).toBe(0)
    disposeTask([meta, tasks])
  })

  it.each(Object.entries(learners))('%s: the predictions of one by one', async (_, learner) => {
    const meta = learner.init(rng(1), toys(learner).taskSpec)
    const tasks = toyEpisodes({ ways: 3, shots: 2, queries: 2, noise: 1 })
    const left = await leaked(async () => {
      const judged = { learner, meta, tasks, count: 6 }
      const atOnce = await evaluate({ ...judged, executor: vectorised() })
      expect(atOnce.predicted).toEqual((await evaluate(judged)).predicted)
    })
    expect(left).toBe(0)
    disposeTask(meta)
  })
})

describe('convolutions of each task’s own on wasm', () => {
  // 'exact': of two right ways of adding up, one may see a ReLU open and the other closed
  beforeAll(async () => void (await useBackend(wasm({ kernels: 'exact' }))))

  it.each([
    ['maml on conv4', { model: conv4({ filters: 6, blocks: 2 }) }],
    ['maml on Finn’s net', { model: finnNet({ filters: 6, blocks: 2, gamma: false }) }],
    [
      'maml on conv4, normalised with one query',
      {
        model: conv4({ filters: 6, blocks: 2 }),
        normalisation: { train: 'support+one', test: 'support+one' },
      },
    ],
  ] as const)('%s: the gradient of one by one', async (_, options) => {
    const learner = maml({ ...options, innerRate: 0.1, steps: 2 })
    const source = toyEpisodes({ ways: 3, shots: 2, queries: 2 })
    const tasks = Array.from({ length: 5 }, (_, i) => source(i) as Episode)
    const meta = learner.init(rng(1), source.taskSpec)
    const expected = await sequential().metaGradient(learner, meta, tasks, ctx())
    const actual = await vectorised().metaGradient(learner, meta, tasks, ctx())
    expect(relativeError(numbers(actual.gradient), numbers(expected.gradient))).toBeLessThan(1e-5)
    disposeTask([expected, actual, meta, tasks])
  })
})

describe('a heap beyond 2 GB on wasm', () => {
  beforeAll(async () => void (await useBackend(wasm())))

  it('holds the same bytes as a small one, where addresses no longer fit a signed integer', async () => {
    const learner = maml({ model: conv4({ filters: 16, blocks: 2 }), innerRate: 0.1, steps: 1 })
    const source = toyEpisodes({ ways: 3, shots: 1, queries: 1, size: 28 })
    const tasks = [0, 1].map((i) => source(i) as Episode)
    const meta = learner.init(rng(1), source.taskSpec)
    const slopes = async () => {
      const found: number[] = []
      for (const executor of [sequential(), vectorised()]) {
        const result = await executor.metaGradient(learner, meta, tasks, ctx())
        found.push(...numbers(result.gradient))
        disposeTask(result)
      }
      return found
    }
    const small = await slopes()
    const held = Array.from({ length: 5 }, () => zeros([125e6]))
    expect(memory().numBytes).toBeGreaterThan(2 ** 31)
    expect(await slopes()).toEqual(small)
    disposeTask([held, meta, tasks])
  })
})

describe('kernels run in a meta-step of 32 tasks, on wasm', () => {
  beforeAll(async () => void (await useBackend(wasm())))

  const finn = { model: finnNet(), head: 'fixed', ways: 5, innerRate: 0.4, steps: 1 } as const
  it.each([
    ['an MLP', maml({ model: mlp(), head: 'none', innerRate: 0.01, steps: 1 }), sine, 400],
    ['Finn’s net', maml(finn), glyph, 2500],
  ] as const)(
    '%s: fewer than one by one, and than the bound',
    async (_, learner, source, bound) => {
      const tasks = Array.from({ length: 32 }, (_, i) => source(i) as Episode)
      const meta = learner.init(rng(1), source.taskSpec)
      const count = (executor: Executor) =>
        kernelsRun(async () =>
          disposeTask(await executor.metaGradient(learner, meta, tasks, ctx())),
        )
      const atOnce = await count(vectorised({ tasks: 16, program: false }))
      expect(atOnce).toBeLessThan(bound)
      expect(await count(sequential({ program: false }))).toBeGreaterThan(10 * atOnce)
      disposeTask([meta, tasks])
    },
  )
})

/** How many kernels of the wasm backend `f` runs. */
async function kernelsRun(f: () => Promise<void>): Promise<number> {
  let count = 0
  const kernels = getKernelsForBackend('wasm')
  const replace = (config: KernelConfig) => {
    unregisterKernel(config.kernelName, 'wasm')
    registerKernel(config)
  }
  for (const config of kernels) {
    const kernelFunc: KernelConfig['kernelFunc'] = (call) => {
      count++
      return config.kernelFunc(call)
    }
    replace({ ...config, kernelFunc })
  }
  try {
    await f()
  } finally {
    kernels.forEach(replace)
  }
  return count
}

describeReference(
  'learners against PyTorch float64, all tasks at once',
  ['maml', 'anil', 'metasgd', 'reptile', 'protonet', 'matching'],
  (cases) => {
    describe.each(Object.entries(backends))('on %s', (_, backend) => {
      beforeAll(async () => void (await useBackend(backend)))

      it.each(cases.map((c) => [c.name, c] as const))('%s', async (_, c) => {
        const checks = (await checkCase(
          c,
          { maml, metaSgd, reptile, protonet, matching },
          vectorised(),
        ))!
        expect(checks.length).toBeGreaterThan(0)
        expect(checks.filter(({ ok }) => !ok)).toEqual([])
      })
    })
  },
)
