import { conv4, disposeTask, embeddings, evaluate, metaTrain, rng, sgd } from '@kshot/core'
import {
  activate,
  leaked,
  learnerSuite,
  referenceSuite,
  relativeError,
  testBackends,
  toyEpisodes,
} from '@kshot/testkit'
import { memory, tensor1d, tensor2d } from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { protonet } from './index'

const packages: Record<string, () => Promise<object>> = {
  '@kshot/core': () => import('@kshot/core'),
  '@kshot/protonet': () => import('./index'),
}
const load = (name: string) => packages[name]!()
const backbone = conv4({ filters: 8, blocks: 2 })

learnerSuite('protonet', protonet({ backbone }), { load })
learnerSuite(
  'protonet, transductive',
  protonet({ backbone, normalisation: { test: 'batch-joint' } }),
  { load },
)
learnerSuite(
  'protonet, support + one',
  protonet({ backbone, normalisation: { test: 'support+one' } }),
  { load },
)
learnerSuite('protonet, cosine', protonet({ backbone, distance: 'cosine' }), { load })

describe.each(testBackends)('protonet on %s', (backend) => {
  beforeAll(() => activate(backend))
  const ctx = { step: 0, rng: rng(0), phase: 'test' as const }

  it('takes the mean of each class, with uneven shots, and negative squared distances', () => {
    const learner = protonet({ backbone: embeddings(), normalisation: { test: 'none' } })
    const meta = { params: {}, state: {} }
    const support = {
      x: tensor2d([
        [0, 0],
        [2, 0],
        [4, 3],
        [1, 3],
      ]),
      y: tensor1d([0, 0, 1, 0], 'int32'),
      ways: 2,
    }
    const adapted = learner.adapt(meta, support, ctx)
    const logits = learner.predict(
      meta,
      adapted,
      tensor2d([
        [1, 1],
        [4, 4],
      ]),
      ctx,
    )
    expect([...logits.dataSync()]).toEqual([0, -13, -18, -1].map((v) => expect.closeTo(v, 4)))
  })

  it('compares directions with cosine, scaled by 10', () => {
    const learner = protonet({
      backbone: embeddings(),
      distance: 'cosine',
      normalisation: { test: 'none' },
    })
    const support = {
      x: tensor2d([
        [3, 0],
        [0, 2],
      ]),
      y: tensor1d([0, 1], 'int32'),
      ways: 2,
    }
    const meta = { params: {}, state: {} }
    const logits = learner.predict(meta, learner.adapt(meta, support, ctx), tensor2d([[3, 4]]), ctx)
    expect(relativeError(logits.dataSync(), [6, 8])).toBeLessThan(1e-5)
  })

  it('refuses a support set without classes, and a scale that is none', () => {
    const learner = protonet({ backbone: embeddings() })
    const support = { x: tensor2d([[1, 2]]), y: tensor1d([0], 'int32') }
    expect(() => learner.adapt({ params: {}, state: {} }, support, ctx)).toThrow(
      'number of classes',
    )
    expect(() => protonet({ backbone, scale: Number.NaN })).toThrow('scale NaN')
  })

  it('holds as many tensors after 150 episodes as after 10', async () => {
    const learner = protonet({ backbone: conv4({ filters: 2, blocks: 2 }) })
    const tasks = toyEpisodes({ ways: 2, shots: 1, queries: 1 })
    const counts = new Map<number, number>()
    const left = await leaked(async () => {
      const { meta, state } = await metaTrain({
        learner,
        optimizer: sgd(0.01),
        tasks,
        steps: 150,
        onStep: ({ step }) => void counts.set(step, memory().numTensors),
      })
      await evaluate({ learner, meta, tasks, count: 150 })
      disposeTask([meta, state])
    })
    expect(counts.get(150)).toBe(counts.get(10))
    expect(left).toBe(0)
  })
})

referenceSuite('protonet against PyTorch float64', ['protonet'], { protonet })
