import { wasm } from '@kshot/backend-wasm'
import { adam, disposeTask, evaluate, type MetaLearner, metaTrain } from '@kshot/core'
import { toyEpisodes, toyTasks } from '@kshot/testkit'
import { conformanceChecks, declared, keyOf } from '@kshot/testkit/conformance'
import { profile } from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { everyLearner } from './every-learner.mjs'

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

  it.each(Object.entries(everyLearner))('has every kernel that %s runs', async (_, learner) => {
    await backend.activate()
    const kernels = await kernelsOf(() => trainAndTest(learner))
    expect(kernels.length).toBeGreaterThan(5)
    expect(kernels.filter((name) => !known.has(name))).toEqual([])
  })
})
