import {
  type Context,
  disposeTask,
  type Episode,
  type EpisodeScore,
  type MetaLearner,
  rng,
  sequential,
  tree,
} from '@kshot/core'
import { episodeScores } from '@kshot/core/training'
import {
  activate,
  codeOf,
  leaked,
  relativeError,
  testBackends,
  toyEpisodes,
  toyLearner,
} from '@kshot/testkit'
import { memory } from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { vectorised } from '.'

const ctx = (): Context => ({ step: 0, rng: rng(3), phase: 'train' })

describe.each(testBackends)('vectorised on %s', (backend) => {
  beforeAll(() => activate(backend))
  const learner = toyLearner()
  const source = toyEpisodes({ ways: 3, shots: 2, queries: 2 })
  const odd = toyEpisodes({ ways: 4, shots: 1, queries: 3 })
  const draw = (count: number) =>
    Array.from({ length: count }, (_, i) => (i % 5 === 3 ? odd : source)(i) as Episode)

  const numbers = (trees: object) =>
    tree.flatten(trees as tree.Params).flatMap(([, x]) => [...x.dataSync()])

  it.each([1, 3, 8, 9, 20])('gives the gradient of sequential for %d tasks', async (count) => {
    const meta = learner.init(rng(1), source.taskSpec)
    const tasks = draw(count)
    const [expected, actual] = [
      await sequential().metaGradient(learner, meta, tasks, ctx()),
      await vectorised().metaGradient(learner, meta, tasks, ctx()),
    ]
    expect(tree.flatten(actual).map(([path, x]) => [path, x.shape])).toEqual(
      tree.flatten(expected).map(([path, x]) => [path, x.shape]),
    )
    expect(relativeError(numbers(actual), numbers(expected))).toBeLessThan(1e-5)
    disposeTask([meta, tasks, expected, actual])
  })

  it('shows the learner what all tasks agree in, and hides what they differ in', async () => {
    const seen: Episode[] = []
    const spying: MetaLearner = {
      ...learner,
      loss: (meta, task, ctx) => {
        seen.push(task)
        return learner.loss(meta, task, ctx)
      },
    }
    const meta = learner.init(rng(1), source.taskSpec)
    const tasks = [0, 1].map((i) => ({ ...(source(i) as Episode), classes: ['a', `b${i}`, 'c'] }))
    disposeTask(await vectorised().metaGradient(spying, meta, tasks, ctx()))
    expect(seen).toHaveLength(1)
    expect(seen[0]!.support.ways).toBe(3)
    expect(seen[0]!.id).toEqual({ source: 'toy', index: undefined })
    expect(seen[0]!.classes).toEqual(['a', undefined, 'c'])
    disposeTask([meta, tasks])
  })

  it('scores episodes as one by one, in their order', async () => {
    const meta = learner.init(rng(1), source.taskSpec)
    const episodes = draw(12)
    const contexts = episodes.map((_, i) => ({ ...ctx(), rng: rng(3).split(i) }))
    const expected = await episodeScores(learner, meta, episodes, contexts)
    let scores: EpisodeScore[] = []
    const left = await leaked(async () => {
      scores = await vectorised().scores!(learner, meta, episodes, contexts)
    })
    expect(new Set(expected.map(({ score }) => score)).size).toBeGreaterThan(1)
    expect(expected[0]!.predicted).toHaveLength(episodes[0]!.query.x.shape[0]!)
    expect(scores).toEqual(expected)
    expect(left).toBe(0)
    disposeTask([meta, episodes])
  })

  it('leaves nothing behind in 150 meta-steps', async () => {
    const meta = learner.init(rng(1), source.taskSpec)
    const tasks = draw(4)
    const step = async () =>
      disposeTask(await vectorised().metaGradient(learner, meta, tasks, ctx()))
    await step()
    const bytes = memory().numBytes
    const left = await leaked(async () => {
      for (let i = 0; i < 150; i++) await step()
    })
    expect(left).toBe(0)
    expect(memory().numBytes).toBe(bytes)
    disposeTask([meta, tasks])
  })

  it('frees all when a learner throws', async () => {
    const failing: MetaLearner = {
      ...learner,
      loss: (meta, task, ctx) => {
        learner.loss(meta, task, ctx)
        throw new Error('on purpose')
      },
    }
    const meta = learner.init(rng(1), source.taskSpec)
    const tasks = draw(4)
    const left = await leaked(() =>
      expect(() => vectorised().metaGradient(failing, meta, tasks, ctx())).toThrow('on purpose'),
    )
    expect(left).toBe(0)
    disposeTask([meta, tasks])
  })

  it('refuses a group that no chunk of 8 holds', async () => {
    expect(await codeOf(() => vectorised({ tasks: 3 }))).toBe('core/bad-group-size')
  })
})
