import { conv4, resnet12, rng, sequential, tree } from '@kshot/core'
import { activate, learnerSuite, referenceSuite, relativeError, toyEpisodes } from '@kshot/testkit'
import { vectorised } from '@kshot/vmap'
import { beforeAll, describe, expect, it } from 'vitest'
import { logistic, ridge, svm } from './index'

const packages: Record<string, () => Promise<object>> = {
  '@kshot/core': () => import('@kshot/core'),
  '@kshot/metaopt': () => import('./index'),
}
const load = (name: string) => packages[name]!()
const backbone = conv4({ filters: 8, blocks: 2 })

learnerSuite('ridge', ridge({ backbone }), { load })
learnerSuite('logistic', logistic({ backbone }), { load })
// Its optimum takes a thousand small operations where there is no kernel for equations.
learnerSuite('svm', svm({ backbone: conv4({ filters: 4, blocks: 2 }) }), {
  load,
  steps: 20,
  episodes: 30,
  rate: 2e-2,
})
referenceSuite('ridge against PyTorch float64', ['ridge'], { ridge })

describe('svm on ResNet-12', () => {
  beforeAll(() => activate('wasm'))

  it('drops squares for each task as if it were alone, and counts the passes', async () => {
    const net = resnet12({ filters: [2, 2, 3, 3], rampPasses: 4 })
    const learner = svm({ backbone: net })
    const shape = { ways: 3, shots: 2, queries: 2, size: 16, seed: 1 }
    const source = toyEpisodes(shape)
    const meta = learner.init(rng(1), source.taskSpec)
    const tasks = await Promise.all([source(0), source(1), source(2)])
    const ctx = { step: 0, phase: 'train' as const, rng: rng(2) }
    const alone = await sequential().metaGradient(learner, meta, tasks, ctx)
    const atOnce = await vectorised().metaGradient(learner, meta, tasks, ctx)
    const [gradients, others] = [alone, atOnce].map(({ gradient }) => tree.leaves(gradient))
    for (const [i, leaf] of gradients!.entries()) {
      expect(relativeError(others![i]!.dataSync(), leaf.dataSync())).toBeLessThan(1e-3)
    }
    const passes = tree.leaves(alone.state).filter(({ size }) => size === 1)
    // Two blocks drop squares; support and queries are one pass.
    expect(passes.map((leaf) => leaf.dataSync()[0])).toEqual([1, 1])
  })
})

describe('options', () => {
  it.each([
    ['lambda', () => ridge({ backbone, lambda: 0 })],
    ['scale', () => logistic({ backbone, scale: Number.NaN })],
    ['c', () => svm({ backbone, c: -1 })],
    ['ridge', () => svm({ backbone, ridge: 0 })],
  ])('%s has to be positive', (name, make) => {
    expect(make).toThrow(name)
  })
})
