import {
  adam,
  disposeTask,
  type Episode,
  evaluate,
  type Meta,
  type MetaLearner,
  metaTrain,
  rng,
  type Spec,
  type StepReport,
  type TaskSource,
  tree,
} from '@kshot/core'
import { gather, tensor1d } from '@tensorflow/tfjs-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { activate, type TestBackend, testBackends } from './backends'
import { relativeError } from './closeness'
import { leaked } from './leaks'
import { declaredFacts, near, predictions, testing } from './learner-facts'
import { rebuilt } from './rebuilt'
import { supportSetRules } from './support-set-rules'
import { toyEpisodes, toyTasks } from './toy'

export interface LearnerSuiteOptions {
  /** Imports the packages that the learner's spec names. */
  readonly load: (name: string) => Promise<object>
  readonly backends?: readonly TestBackend[]
  /** How much accuracy training must add on 3-way 1-shot toy episodes; added to chance if nothing is trained. */
  readonly gain?: number
  readonly steps?: number
  readonly rate?: number
  /** How many episodes it is tested on, before and after training. Default 60. */
  readonly episodes?: number
}

const WAYS = 3

/**
 * Tests that every learner must pass, on every backend; traits are asserted as declared, true or false.
 * The learner trains on tasks of its kind, and is tested on episodes.
 */
export function learnerSuite<Task>(
  name: string,
  trainable: MetaLearner<Task>,
  options: LearnerSuiteOptions,
) {
  const { backends = testBackends, load } = options
  // On tasks of its kind all learners are alike.
  const learner = trainable as unknown as MetaLearner
  const trainingTasks = (toy: { shots: number; queries: number; noise?: number }) =>
    toyTasks(learner.trainsOn ?? 'episodes', { ways: WAYS, ...toy }) as TaskSource
  const { taskSpec } = trainingTasks({ shots: 2, queries: 2 })
  describe.each(backends)(`${name} conforms on %s`, (backend) => {
    let meta: Meta
    beforeAll(async () => {
      await activate(backend)
      meta = learner.init(rng(1), taskSpec)
    })
    afterAll(() => tree.dispose({ ...meta }))

    const predicted = (episode: Episode) => predictions(learner, meta, episode)
    const toyEpisode = (shape = {}) =>
      toyEpisodes({ ways: WAYS, shots: 2, queries: 2, ...shape })(0) as Episode
    const holds = (claim: () => boolean) => {
      try {
        return claim()
      } catch {
        return false
      }
    }

    it('returns logits [n, ways] and a finite scalar loss', () => {
      const episode = toyEpisode()
      expect(predicted(episode).map((row) => row.length)).toEqual(Array(6).fill(WAYS))
      const task = trainingTasks({ shots: 2, queries: 2 })(0) as Episode
      const result = learner.loss(meta, task, { ...testing(), phase: 'train' })
      expect(result.loss.shape).toEqual([])
      expect(Number.isFinite(result.loss.dataSync()[0])).toBe(true)
      expect(tree.flatten(result.state).map(([path]) => path)).toEqual(
        tree.flatten(meta.state).map(([path]) => path),
      )
    })

    it('gives the same bytes for the same seed', async () => {
      const [a, b] = [learner.init(rng(5), taskSpec), learner.init(rng(5), taskSpec)]
      expect(await tree.equal({ ...a }, { ...b })).toBe(true)
      expect(predicted(toyEpisode())).toEqual(predicted(toyEpisode()))
    })

    it('does not change its meta-parameters when it adapts', async () => {
      const before = tree.clone({ ...meta })
      predicted(toyEpisode())
      expect(await tree.equal(before, { ...meta })).toBe(true)
    })

    it(`any way: ${learner.traits.anyWay}`, () => {
      const episode = toyEpisode({ ways: WAYS + 2 })
      const claim = () => predicted(episode).every((row) => row.length === WAYS + 2)
      expect(holds(claim)).toBe(learner.traits.anyWay)
    })

    it(`class-equivariant: ${learner.traits.classEquivariant}`, () => {
      const episode = toyEpisode()
      const moved = [1, 2, 0]
      const relabelled = [...episode.support.y.dataSync()].map((label) => moved[label]!)
      const support = { ...episode.support, y: tensor1d(relabelled, 'int32') }
      const permuted = predicted({ ...episode, support })
      const claim = near(
        predicted(episode),
        permuted.map((row) => moved.map((m) => row[m]!)),
      )
      expect(claim).toBe(learner.traits.classEquivariant)
    })

    it(`support order does not matter: ${learner.traits.supportOrderInvariant}`, () => {
      const episode = toyEpisode()
      const order = tensor1d([5, 2, 0, 4, 1, 3], 'int32')
      const { x, y } = episode.support
      const support = { ...episode.support, x: gather(x, order), y: gather(y, order) }
      const claim = near(predicted(episode), predicted({ ...episode, support }))
      expect(claim).toBe(learner.traits.supportOrderInvariant)
    })

    it(`uneven shots: ${learner.traits.unevenShots}`, () => {
      const episode = toyEpisode({ shotsOfFirst: 4 })
      const claim = () => predicted(episode).flat().every(Number.isFinite)
      expect(holds(claim)).toBe(learner.traits.unevenShots)
    })

    const subject = { learner, meta: () => meta, load, taskSpec, episode: toyEpisode }
    declaredFacts(subject)
    supportSetRules(subject)

    it('can be rebuilt from its spec', async () => {
      const spec = JSON.parse(JSON.stringify(learner.spec)) as Spec
      const again = await rebuilt<MetaLearner>(spec, 'learner', load)
      expect(again.spec).toEqual(learner.spec)
      const other = again.init(rng(1), taskSpec)
      expect(await tree.equal({ ...other }, { ...meta })).toBe(true)
    })
  })

  describe(`${name} in training`, () => {
    const { gain = 0.12, steps = 80, rate = 1e-2, episodes: count = 60 } = options
    const shape = { shots: 1, queries: 3, noise: 1.5 }
    const tasks = trainingTasks(shape)
    const trains = (steps: number, onStep?: (report: StepReport) => void) =>
      metaTrain({ learner, optimizer: adam(rate), tasks, steps, ...(onStep && { onStep }) })

    it(`has the same losses on ${backends.join(' and ')}, and leaves no tensor behind`, async () => {
      const losses: number[][] = []
      for (const backend of backends) {
        await activate(backend)
        const own: number[] = []
        const left = await leaked(async () => {
          const { meta, state } = await trains(4, ({ loss }) => void own.push(loss))
          disposeTask([meta, state])
        })
        expect(left).toBe(0)
        losses.push(own)
      }
      // Who has nothing to learn takes no step.
      expect(losses[0]!.length).toBe(learner.trainsOn === 'nothing' ? 0 : 4)
      for (const own of losses) expect(relativeError(own, losses[0]!)).toBeLessThan(1e-3)
    })

    // Where the losses are the same, learning on one backend is learning on each: the fastest.
    const fastest = backends.at(-1)!
    it(`learns, as ${fastest} shows`, async () => {
      await activate(fastest)
      const episodes = toyEpisodes({ ways: WAYS, ...shape })
      const tested = { learner, tasks: (i: number) => episodes(1000 + i), count }
      let [untrained, trained] = [0, 0]
      const left = await leaked(async () => {
        const { meta, state } = await trains(steps)
        const blank = learner.init(rng(0), tasks.taskSpec)
        untrained = (await evaluate({ ...tested, meta: blank })).accuracy
        trained = (await evaluate({ ...tested, meta })).accuracy
        if (learner.trainsOn === 'nothing') expect(state.step).toBe(0)
        disposeTask([meta, state, blank])
      })
      // Who has nothing to learn must be better than chance from the start.
      const before = learner.trainsOn === 'nothing' ? 1 / WAYS : untrained
      expect(trained - before).toBeGreaterThan(gain)
      expect(left).toBe(0)
    })
  })
}
