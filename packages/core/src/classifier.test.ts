import { activate, leaked, toyEpisodes, toyLearner } from '@kshot/testkit'
import {
  getBackend,
  mean,
  reshape,
  scalar,
  slice,
  sub,
  type Tensor,
  tensor1d,
} from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { createClassifier } from './classifier'
import { rng } from './random'
import type { Episode } from './task'
import * as tree from './tree'

describe('createClassifier', () => {
  beforeAll(async () => {
    await activate('cpu')
    episode = tasks(0) as Episode
  })
  const tasks = toyEpisodes({ ways: 3, shots: 2, queries: 1, noise: 0.05 })
  const learner = toyLearner({ units: 16 })
  const meta = () => learner.init(rng(1), tasks.taskSpec)
  let episode: Episode
  const names = ['spiral', 'cross', 'circle']
  const support = (i: number) => slice(episode.support.x, i, 1)
  const query = (i: number) => slice(episode.query.x, i, 1)

  function taught() {
    const classifier = createClassifier(learner, meta())
    episode.support.y.dataSync().forEach((label, i) => {
      classifier.addExample(names[label]!, support(i))
    })
    return classifier
  }

  it('tells labels from a few examples', async () => {
    const classifier = taught()
    expect(classifier.labels).toEqual(names)
    for (const [i, name] of names.entries()) {
      const { label, probabilities } = await classifier.predict(query(i))
      expect(label).toBe(name)
      const sum = Object.values(probabilities).reduce((total, p) => total + p, 0)
      expect(sum).toBeCloseTo(1, 5)
      expect(Math.max(...Object.values(probabilities))).toBe(probabilities[name])
    }
  })

  it('asks a transductive learner among the examples: one query is no batch to normalise', async () => {
    const centred = (x: Tensor) => sub(x, mean(x, 0, true))
    const batchwise: typeof learner = {
      ...learner,
      traits: { ...learner.traits, transductive: true },
      adapt: (meta, set, ctx) => learner.adapt(meta, { ...set, x: centred(set.x) }, ctx),
      predict: (meta, adapted, x, ctx) => learner.predict(meta, adapted, centred(x), ctx),
    }
    const classifier = createClassifier(batchwise, meta())
    episode.support.y.dataSync().forEach((label, i) => {
      classifier.addExample(names[label]!, support(i))
    })
    for (const [i, name] of names.entries()) {
      expect((await classifier.predict(query(i))).label).toBe(name)
    }
  })

  it('takes an example with or without its batch of one', async () => {
    const classifier = taught()
    const single = reshape(query(1), [8, 8, 1])
    expect(await classifier.predict(single)).toEqual(await classifier.predict(query(1)))
  })

  it('lets labels come and go', async () => {
    const classifier = taught()
    classifier.removeLabel('cross')
    expect(classifier.labels).toEqual(['spiral', 'circle'])
    expect(Object.keys((await classifier.predict(query(1))).probabilities)).toEqual(
      classifier.labels,
    )
    classifier.addExample('cross', support(2))
    expect((await classifier.predict(query(1))).label).toBe('cross')
  })

  it('saves its examples and loads them in another session', async () => {
    const saved = await taught().save()
    const classifier = createClassifier(learner, meta())
    classifier.addExample('old', support(0))
    await classifier.load(saved)
    expect(classifier.labels).toEqual(names)
    expect(await classifier.predict(query(2))).toEqual(await taught().predict(query(2)))
  })

  it('refuses what it cannot answer', async () => {
    const classifier = createClassifier(learner, meta())
    await expect(classifier.predict(query(0))).rejects.toMatchObject({ code: 'core/no-examples' })
    expect(() => classifier.removeLabel('x')).toThrow("the label 'x'")
    classifier.addExample('a', support(0))
    expect(() => classifier.addExample('b', tensor1d([1, 2]))).toThrow('an example of shape [2]')
    const other = createClassifier(toyLearner({ units: 3 }), meta())
    const saved = await taught().save()
    await expect(other.load(saved)).rejects.toMatchObject({ code: 'checkpoint/other-model' })
    await expect(other.load(saved.slice(0, 50))).rejects.toMatchObject({
      code: 'checkpoint/damaged',
    })
  })

  it('leaves the backend of the app alone, and no tensor behind', async () => {
    await activate('wasm')
    await activate('cpu')
    const backend = {
      name: 'wasm',
      spec: { package: 'test', export: 'none', options: {} },
      available: async () => ({ available: true }) as const,
      activate: async () => {
        throw new Error('already there')
      },
    }
    const weights = meta()
    const left = await leaked(async () => {
      const classifier = createClassifier(learner, weights, { backend })
      const inputs: Tensor[] = [support(0), support(2), query(0)]
      classifier.addExample('a', inputs[0]!)
      classifier.addExample('b', inputs[1]!)
      expect((await classifier.predict(inputs[2]!)).label).toBe('a')
      expect(getBackend()).toBe('cpu')
      tree.dispose(inputs)
      classifier.dispose()
    })
    expect(left).toBe(0)
    expect(scalar(2).dataSync()[0]).toBe(2)
  })
})
