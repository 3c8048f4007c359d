import { wasm } from '@kshot/backend-wasm'
import { fineTuned, nearestCentroid, nearestNeighbours, simpleShot } from '@kshot/baseline'
import {
  adam,
  conv4,
  convMaps,
  disposeTask,
  evaluate,
  finnNet,
  type MetaLearner,
  metaTrain,
  mlp,
  momentum,
} from '@kshot/core'
import { anil, boil, implicitMaml, maml, mamlPlusPlus, metaSgd, reptile } from '@kshot/maml'
import { matching } from '@kshot/matching'
import { protonet } from '@kshot/protonet'
import { relation } from '@kshot/relation'
import { siamese } from '@kshot/siamese'
import { toyEpisodes, toyTasks } from '@kshot/testkit'
import { conformanceChecks, declared, keyOf } from '@kshot/testkit/conformance'
import { profile } from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'

const small = { filters: 8, blocks: 2 }
const model = mlp({ hidden: [8], outputs: 6 })
const inner = { model, innerRate: 0.3, steps: 2 }
const learners: { readonly [name: string]: MetaLearner<never> } = {
  protonet: protonet({ backbone: conv4(small) }),
  'protonet, cosine': protonet({ backbone: model, distance: 'cosine' }),
  matching: matching({ backbone: conv4(small) }),
  'matching, full context': matching({ backbone: model, fullContext: 2 }),
  siamese: siamese({ backbone: conv4(small), regularisation: 0.01 }) as MetaLearner<never>,
  relation: relation({
    backbone: convMaps({ filters: 4, pooled: 1, padding: 'same' }),
    filters: 4,
  }),
  'maml, conv4': maml({ ...inner, model: conv4(small), head: 'fixed', ways: 3 }),
  "maml, Finn's net": maml({ ...inner, model: finnNet(small) }),
  'maml with momentum': maml({ ...inner, innerOptimizer: momentum(0.3) }),
  anil: anil(inner),
  boil: boil({ ...inner, ways: 3 }),
  'meta-sgd': metaSgd({ model, steps: 2 }),
  'maml++': mamlPlusPlus(inner),
  reptile: reptile({ model, steps: 3, batch: { train: 2 } }),
  'implicit maml': implicitMaml({ ...inner, strength: 10 }),
  'nearest centroid': nearestCentroid({ backbone: conv4(small) }),
  'nearest neighbours': nearestNeighbours({ backbone: model }),
  baseline: fineTuned({ backbone: conv4(small), steps: 3 }) as MetaLearner<never>,
  'baseline++': fineTuned({ backbone: model, head: 'cosine', steps: 3 }) as MetaLearner<never>,
  simpleShot: simpleShot({ backbone: conv4(small) }) as MetaLearner<never>,
}

/** The kernels that `f` runs. */
async function kernelsOf(f: () => Promise<unknown>): Promise<string[]> {
  const { kernelNames } = await profile(async () => {
    await f()
    return undefined as never
  })
  return kernelNames
}

async function trainAndTest(learner: MetaLearner<never>): Promise<void> {
  const shape = { ways: 3, shots: 1, queries: 2 }
  const tasks = toyTasks(learner.trainsOn ?? 'episodes', shape)
  const trained = await metaTrain({ learner, optimizer: adam(0.01), tasks, steps: 2 })
  await evaluate({ learner, meta: trained.meta, tasks: toyEpisodes(shape), count: 1 } as never)
  disposeTask([trained.meta, trained.state])
}

// kshot's own kernels, and those that everything is composed of where a backend has none of them
const backends = [
  ['wasm', wasm(), declared.wasm],
  ['wasm, stock', wasm({ kernels: 'stock' }), declared['wasm-stock']],
] as const

describe.each(backends)('on %s the conformance suite', (_, backend, differences) => {
  let known: Set<string>
  beforeAll(async () => {
    // what a backend does not do would reject promises of the profile
    const operations = conformanceChecks({}).filter(
      (check) => check.section === 'operations' && !(keyOf(check) in differences),
    )
    const kernels = await kernelsOf(async () => {
      for (const check of operations) await check.run(backend, { tolerance: 1e-4 })
    })
    known = new Set(kernels)
  })

  it.each(Object.entries(learners))('has every kernel that %s runs', async (_, learner) => {
    await backend.activate()
    const kernels = await kernelsOf(() => trainAndTest(learner))
    expect(kernels.length).toBeGreaterThan(5)
    expect(kernels.filter((name) => !known.has(name))).toEqual([])
  })
})
