import { wasm } from '@kshot/backend-wasm'
import {
  type Context,
  disposeTask,
  type Episode,
  type Executor,
  type MetaGradient,
  type MetaLearner,
  program,
  rng,
  sequential,
  type TaskSource,
  tree,
  useBackend,
} from '@kshot/core'
import { episodes } from '@kshot/episodes'
import { glyphs } from '@kshot/glyphs'
import { leaked, toyTasks } from '@kshot/testkit'
import { vectorised } from '@kshot/vmap'
import { clipByValue, dispose, engine, type Tensor, tensor1d } from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { everyLearner } from './every-learner.mjs'

// Schedules begin, go on and end at these; each must be recorded twice before it can be replayed.
const STEPS = [0, 1, 2, 5000, 5001, 5002]
const TASKS = 3

const executors = {
  sequential: [sequential(), sequential({ program: false })],
  vectorised: [vectorised({ tasks: 8 }), vectorised({ tasks: 8, program: false })],
} as const

// Every operation of a program is that of the function, and in the same order: so are the bytes.
describe.each(Object.entries(executors))('programs of %s', (_, [recorded, plain]) => {
  beforeAll(() => useBackend(wasm()))

  it.each(Object.entries(everyLearner))(
    '%s: the same bytes for other parameters, tasks, steps and random numbers',
    async (_, any) => {
      // Another object: nothing is recorded for it yet.
      const learner = { ...any } as unknown as MetaLearner
      const tasks = toyTasks(learner.trainsOn ?? 'episodes', {
        ways: 3,
        shots: 2,
        queries: 2,
      }) as TaskSource
      const gradient = (executor: Executor, step: number) => bytesAt(executor, learner, tasks, step)
      for (const step of STEPS) {
        expect(await gradient(recorded, step)).toEqual(await gradient(plain, step))
      }
      expect(await leaked(() => gradient(recorded, 5003))).toBe(0)
    },
  )

  it('leave the memory of the backend as it was, call after call', async () => {
    const learner = { ...everyLearner["maml, Finn's net"]! } as unknown as MetaLearner
    const tasks = toyTasks('episodes', { ways: 3, shots: 2, queries: 2 }) as TaskSource
    for (let step = 0; step < 3; step++) await bytesAt(recorded, learner, tasks, step)
    const before = engine().backend.numDataIds()
    for (let step = 3; step < 13; step++) await bytesAt(recorded, learner, tasks, step)
    expect(engine().backend.numDataIds()).toBe(before)
  })
})

it('are what real episodes run as: their classes have names, and none is recorded a third time', async () => {
  await useBackend(wasm())
  const { train } = await glyphs()
  const tasks = episodes(train, { ways: 3, shots: 1, queries: 2, seed: 1 }) as TaskSource
  for (const executor of [sequential(), vectorised({ tasks: 8 })]) {
    let calls = 0
    const learner: MetaLearner = {
      ...(everyLearner.protonet as unknown as MetaLearner),
      loss(...all) {
        calls++
        return (everyLearner.protonet as unknown as MetaLearner).loss(...all)
      },
    }
    for (let step = 0; step < 6; step++) await bytesAt(executor, learner, tasks, step)
    // One by one three tasks of the first step are three calls, of which two are recorded; at once each step is one.
    expect(calls).toBe(2)
  }
})

it('take a bound that is as large as an address for what it is', async () => {
  await useBackend(wasm())
  const bounded = program((x: Tensor) => clipByValue(x, -1, 1e10))
  for (let i = 0; i < 4; i++) {
    const x = tensor1d([-5, i, 2e10])
    const y = bounded(x)
    expect([...y.dataSync()]).toEqual([-1, i, 1e10])
    dispose([x, y])
  }
  bounded.dispose()
})

async function bytesAt(
  executor: Executor,
  learner: MetaLearner,
  tasks: TaskSource,
  step: number,
): Promise<string[]> {
  const meta = learner.init(rng(`meta ${step}`), tasks.taskSpec)
  const all: Episode[] = []
  for (let i = 0; i < TASKS; i++) all.push(await tasks(TASKS * step + i))
  const ctx: Context = { step, phase: 'train', rng: rng(`context ${step}`) }
  const found: MetaGradient = await executor.metaGradient(learner, meta, all, ctx)
  const bytes = tree.leaves(found).map((tensor) => tensor.dataSync().join())
  disposeTask([meta, all, found])
  return bytes
}
