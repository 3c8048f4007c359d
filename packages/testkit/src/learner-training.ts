import {
  adam,
  disposeTask,
  evaluate,
  type MetaLearner,
  metaTrain,
  rng,
  type StepReport,
  type TaskSource,
} from '@kshot/core'
import { describe, expect, it } from 'vitest'
import { activate, type TestBackend } from './backends'
import { relativeError } from './closeness'
import { leaked } from './leaks'
import { toyEpisodes, toyTasks } from './toy'

export interface LearningOptions {
  /** How much accuracy training must add on 3-way 1-shot toy episodes; added to chance if nothing is trained. */
  readonly gain?: number
  readonly steps?: number
  readonly rate?: number
  /** How many episodes it is tested on, before and after training. Default 60. */
  readonly episodes?: number
}

const WAYS = 3
const SHAPE = { ways: WAYS, shots: 1, queries: 3, noise: 1.5 }

/**
 * That training takes the same steps on all backends, and learns on one: where the losses are the
 * same, learning on one backend is learning on each.
 */
export function learnerTraining(
  name: string,
  learner: MetaLearner,
  { backends, ...options }: LearningOptions & { readonly backends: readonly TestBackend[] },
): void {
  const tasks = toyTasks(learner.trainsOn ?? 'episodes', SHAPE) as TaskSource
  const { gain = 0.12, steps = 80, rate = 1e-2, episodes = 60 } = options
  const train = (steps: number, onStep: (report: StepReport) => void = () => {}) =>
    metaTrain({ learner, optimizer: adam(rate), tasks, steps, onStep })
  const learnsNothing = learner.trainsOn === 'nothing'
  const fastest = backends.at(-1)!

  describe(`${name} in training`, () => {
    it(`has the same losses on ${backends.join(' and ')}, and leaves no tensor behind`, async () => {
      const losses: number[][] = []
      for (const backend of backends) {
        await activate(backend)
        const own: number[] = []
        const left = await leaked(async () => {
          const { meta, state } = await train(4, ({ loss }) => void own.push(loss))
          disposeTask([meta, state])
        })
        expect(left).toBe(0)
        losses.push(own)
      }
      expect(losses[0]!.length).toBe(learnsNothing ? 0 : 4)
      for (const own of losses) expect(relativeError(own, losses[0]!)).toBeLessThan(1e-3)
    })

    it(`learns, as ${fastest} shows`, async () => {
      await activate(fastest)
      const unseen = toyEpisodes(SHAPE)
      const tested = { learner, tasks: (i: number) => unseen(1000 + i), count: episodes }
      let [untrained, trained] = [0, 0]
      const left = await leaked(async () => {
        const { meta, state } = await train(steps)
        const blank = learner.init(rng(0), tasks.taskSpec)
        untrained = (await evaluate({ ...tested, meta: blank })).accuracy
        trained = (await evaluate({ ...tested, meta })).accuracy
        if (learnsNothing) expect(state.step).toBe(0)
        disposeTask([meta, state, blank])
      })
      // Who has nothing to learn must be better than chance from the start.
      expect(trained - (learnsNothing ? 1 / WAYS : untrained)).toBeGreaterThan(gain)
      expect(left).toBe(0)
    })
  })
}
