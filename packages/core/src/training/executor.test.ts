import { activate, leaked, testBackends, toyEpisodes, toyLearner } from '@kshot/testkit'
import { add, div, type Tensor } from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Context, MetaGradient, TaskGroups } from '../learner'
import { rng } from '../random'
import { disposeTask, type Episode } from '../task'
import * as tree from '../tree'
import { addInChunks, executor, taskContexts, taskGradient } from './executor'
import { sequential } from './sequential'

const draw = toyEpisodes({ ways: 3, shots: 1, queries: 2, noise: 1.5 })
const learner = toyLearner()
const spec = { package: 'test', export: 'grouped', options: {} }

const addUp = (sums: readonly MetaGradient[]) =>
  sums.reduce((a, b) => tree.zip(([x, y]) => add(x!, y!), a, b))

/** Groups whose tasks are added one by one. */
const groupsOf = (size: number): TaskGroups => ({
  size,
  sum: (learner, meta, tasks, contexts) =>
    tree.tidy(() => addUp(tasks.map((task, i) => taskGradient(learner, meta, task, contexts[i]!)))),
})

const bytes = (result: MetaGradient) =>
  tree.leaves(result).map((tensor: Tensor) => [...tensor.dataSync()])

describe.each(testBackends)('executors on %s', (backend) => {
  beforeAll(() => activate(backend))
  const ctx: Context = { step: 0, rng: rng(2), phase: 'train' }

  async function on<T>(count: number, f: (meta: MetaGradientArgs) => T): Promise<T> {
    const meta = learner.init(rng(1), draw.taskSpec)
    const tasks = await Promise.all(Array.from({ length: count }, (_, i) => draw(i)))
    const result = f({ meta, tasks })
    disposeTask([meta, tasks])
    return result
  }
  type MetaGradientArgs = { meta: ReturnType<typeof learner.init>; tasks: Episode[] }

  it.each([1, 7, 8, 9, 19])('add %i tasks in chunks of eight, by hand', async (count) => {
    await on(count, ({ meta, tasks }) => {
      const single = tasks.map((task, i) =>
        taskGradient(learner, meta, task, taskContexts(ctx, i, i + 1)[0]!),
      )
      const chunks = [0, 8, 16].map((from) => single.slice(from, from + 8)).filter((c) => c.length)
      const expected = tree.map((sum) => div(sum, count), addUp(chunks.map(addUp)))
      const result = sequential().metaGradient(learner, meta, tasks, ctx) as MetaGradient
      expect(bytes(result)).toEqual(bytes(expected))
      disposeTask([single, expected, result])
    })
  })

  it('give the same bytes whether a chunk is one group or eight, and free the rest', async () => {
    const left = await leaked(() =>
      on(19, ({ meta, tasks }) => {
        const whole = executor(spec, 'grouped', groupsOf(8)).metaGradient(learner, meta, tasks, ctx)
        const single = sequential().metaGradient(learner, meta, tasks, ctx)
        expect(bytes(whole as MetaGradient)).toEqual(bytes(single as MetaGradient))
        disposeTask([whole, single])
      }),
    )
    expect(left).toBe(0)
  })

  it('give each group its tasks and their own generators', async () => {
    const seen: [number, number[]][] = []
    const groups: TaskGroups = {
      size: 4,
      sum(learner, meta, tasks, contexts) {
        seen.push([tasks.length, contexts.map(({ rng }) => rng.uniform())])
        return groupsOf(4).sum(learner, meta, tasks, contexts)
      },
    }
    await on(6, ({ meta, tasks }) => {
      disposeTask(executor(spec, 'grouped', groups).metaGradient(learner, meta, tasks, ctx))
    })
    const numbers = Array.from({ length: 6 }, (_, i) => ctx.rng.split(i).uniform())
    expect(seen).toEqual([
      [4, numbers.slice(0, 4)],
      [2, numbers.slice(4)],
    ])
  })

  it('leave nothing behind when a group fails', async () => {
    const failing: TaskGroups = {
      size: 1,
      sum(learner, meta, tasks, contexts) {
        const sum = groupsOf(1).sum(learner, meta, tasks, contexts)
        if ((tasks[0] as Episode).id.index === 10) throw new Error('the tenth')
        return sum
      },
    }
    const left = await leaked(() =>
      on(12, ({ meta, tasks }) =>
        expect(() =>
          executor(spec, 'failing', failing).metaGradient(learner, meta, tasks, ctx),
        ).toThrow('the tenth'),
      ),
    )
    expect(left).toBe(0)
  })
})

it('refuses groups that do not fit into chunks, and an empty meta-batch', () => {
  for (const size of [0, 3, 12, 1.5, -8]) {
    expect(() => executor(spec, 'odd', groupsOf(size))).toThrow(`groups of ${size} tasks`)
  }
  expect(() => addInChunks([], 1)).toThrow('without tasks')
})
