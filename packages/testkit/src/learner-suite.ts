import {
  type Episode,
  type Meta,
  type MetaLearner,
  rng,
  type Spec,
  type TaskSource,
  tree,
} from '@kshot/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { activate, type TestBackend, testBackends } from './backends'
import { declaredFacts, predictions, testing } from './learner-facts'
import { learnerPrograms } from './learner-programs'
import { type LearningOptions, learnerTraining } from './learner-training'
import { declaredTraits } from './learner-traits'
import { rebuilt } from './rebuilt'
import { supportSetRules } from './support-set-rules'
import { toyEpisodes, toyTasks } from './toy'

export interface LearnerSuiteOptions extends LearningOptions {
  /** Imports the packages that the learner's spec names. */
  readonly load: (name: string) => Promise<object>
  readonly backends?: readonly TestBackend[]
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
  const shape = { ways: WAYS, shots: 2, queries: 2 }
  const trainingTasks = toyTasks(learner.trainsOn ?? 'episodes', shape) as TaskSource
  const { taskSpec } = trainingTasks
  describe.each(backends)(`${name} conforms on %s`, (backend) => {
    let meta: Meta
    beforeAll(async () => {
      await activate(backend)
      meta = learner.init(rng(1), taskSpec)
    })
    afterAll(() => tree.dispose({ ...meta }))

    const predicted = (episode: Episode) => predictions(learner, meta, episode)
    const toyEpisode = (change = {}) => toyEpisodes({ ...shape, ...change })(0) as Episode
    it('returns logits [n, ways] and a finite scalar loss', () => {
      const episode = toyEpisode()
      expect(predicted(episode).map((row) => row.length)).toEqual(Array(6).fill(WAYS))
      const task = trainingTasks(0) as Episode
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

    const subject = { learner, meta: () => meta, load, taskSpec, episode: toyEpisode }
    declaredTraits(subject)
    declaredFacts(subject)
    supportSetRules(subject)
    // What is recorded is the same on all; kernels are compared one by one elsewhere.
    if (backend === backends.at(-1)) learnerPrograms(learner, trainingTasks)

    it('can be rebuilt from its spec', async () => {
      const spec = JSON.parse(JSON.stringify(learner.spec)) as Spec
      const again = await rebuilt<MetaLearner>(spec, 'learner', load)
      expect(again.spec).toEqual(learner.spec)
      const other = again.init(rng(1), taskSpec)
      expect(await tree.equal({ ...other }, { ...meta })).toBe(true)
    })
  })

  learnerTraining(name, learner, { ...options, backends })
}
