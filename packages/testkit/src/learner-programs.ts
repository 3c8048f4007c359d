import {
  type Context,
  disposeTask,
  type Episode,
  type Meta,
  type MetaGradient,
  type MetaLearner,
  rng,
  sequential,
  type TaskSource,
  tree,
} from '@kshot/core'
import { episodeScores } from '@kshot/core/training'
import { expect, it } from 'vitest'
import { toyEpisodes } from './toy'

/** Meta-steps at which schedules begin, go on and end. */
const STEPS = [0, 1, 2, 5000, 5001, 1_000_000]

/** What must not matter to a learner: whether its calls are recorded and run again as a program. */
export function learnerPrograms(learner: MetaLearner, tasks: TaskSource): void {
  // Another object, for which nothing is recorded yet.
  const fresh = () => ({ ...learner })

  it('gives the same bytes as a program: other parameters, tasks, steps and random numbers', async () => {
    const [recorded, plain] = [sequential(), sequential({ program: false })]
    const own = fresh()
    for (const [i, step] of STEPS.entries()) {
      await withTask(i, step, async (meta, task, ctx) => {
        const found = await recorded.metaGradient(own, meta, [task], ctx)
        const expected = await plain.metaGradient(own, meta, [task], ctx)
        expect(bytesOf(found)).toEqual(bytesOf(expected))
        tree.dispose([found, expected])
      })
    }
  })

  it('gives the same scores as a program', async () => {
    const own = fresh()
    for (const [i, step] of STEPS.entries()) {
      const meta = own.init(rng(`meta ${i}`), tasks.taskSpec)
      const episode = toyEpisodes({ ways: 3, shots: 2, queries: 4, noise: 1.5 })(100 + i) as Episode
      const contexts = [contextAt(i, step, 'test')]
      const [found] = await episodeScores(own, meta, [episode], contexts)
      // Nothing has been recorded for this one: it is the first call.
      const [expected] = await episodeScores(fresh(), meta, [episode], [contextAt(i, step, 'test')])
      expect(found).toEqual(expected)
      disposeTask([meta, episode])
    }
  })

  async function withTask(
    i: number,
    step: number,
    f: (meta: Meta, task: Episode, ctx: Context) => Promise<void>,
  ): Promise<void> {
    const meta = learner.init(rng(`meta ${i}`), tasks.taskSpec)
    const task = (await tasks(i)) as Episode
    await f(meta, task, contextAt(i, step, 'train'))
    disposeTask([meta, task])
  }
}

function contextAt(i: number, step: number, phase: Context['phase']): Context {
  return { step, phase, rng: rng(`context ${i}`) }
}

function bytesOf(result: MetaGradient): string[] {
  return tree.leaves(result).map((tensor) => tensor.dataSync().join())
}
