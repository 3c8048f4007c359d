import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { cpu } from '@kshot/backend-cpu'
import {
  type Backend,
  disposeTask,
  type MetaLearner,
  rng,
  sequential,
  tree,
  useBackend,
} from '@kshot/core'
import { workers } from '@kshot/core/node'
import { matMul, square, sum, tensor1d, tensor2d } from '@tensorflow/tfjs-core'
import type { Attack } from '../attack'
import { folderFor } from '../command'
import { type Fault, tally, wrong } from '../tally'
import { UNBOUNDED } from '../unbounded'

const PATIENCE = 3

/** Threads that spin or sleep for ever, once or each time, in the middle of a meta-step. */
export const attack: Attack = {
  name: 'hanging threads',
  promise:
    'a worker thread that hangs is ended; its tasks are done again with the same bytes, or an error says so',
  attempts: { full: 16, short: 2 },
  bound: UNBOUNDED,
  async run(n) {
    await useBackend(cpu())
    const count = tally(this.bound)
    const folder = folderFor('threads')
    const right = await sums(learnerThat('works', folder), sequential())
    for (let i = 0; i < n; i++) {
      const how = ['spins once', 'sleeps', 'sleeps once', 'spins'][i % 4]!
      const learner = learnerThat(how, join(folder, String(i)))
      const url = pathToFileURL(writtenLearner(folder)).href
      const resolve = (name: string) => (name === 'test' ? url : import.meta.resolve(name))
      const backend = cpu() as Backend
      const executor = await workers({ count: 2, backend, resolve, patienceSeconds: PATIENCE })
      const judge = (got: string): Fault | undefined =>
        got === right && how.endsWith('once') ? undefined : wrong(`${how}: other bytes`)
      await count.attempt(`${how} ${i}`, () => sums(learner, executor), judge)
      await executor.dispose()
    }
    return count.outcome()
  },
}

async function sums(
  learner: MetaLearner,
  executor: Pick<ReturnType<typeof sequential>, 'metaGradient'>,
): Promise<string> {
  const meta = learner.init(rng(1), { inputShape: [2] })
  const tasks = Array.from({ length: 6 }, (_, i) => task(i))
  try {
    const result = await executor.metaGradient(learner, meta, tasks, {
      step: 0,
      rng: rng(1),
      phase: 'train',
    })
    const all = tree.leaves(result.gradient).map((leaf) => leaf.dataSync().join())
    disposeTask(result)
    return all.join()
  } finally {
    disposeTask([meta, tasks])
  }
}

function task(i: number) {
  const batch = () => ({ x: tensor2d([[i, 1]]), y: tensor1d([0], 'int32') })
  return { support: batch(), query: batch(), id: { source: 'test', index: i } }
}

/** In a file, since threads load it; `how` and a marker are its options. */
function writtenLearner(folder: string): string {
  const path = join(folder, 'learner.mjs')
  const core = import.meta.resolve('@kshot/core')
  const tf = import.meta.resolve('@tensorflow/tfjs-core')
  writeFileSync(
    path,
    `
import { existsSync, writeFileSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'
import * as tf from ${JSON.stringify(tf)}
import ${JSON.stringify(core)}
export function trouble({ how, marker }) {
  const first = () => { if (existsSync(marker)) return false; writeFileSync(marker, ''); return true }
  const hangs = () => !isMainThread && how !== 'works' && (!how.endsWith('once') || first())
  return {
    spec: { package: 'test', export: 'trouble', options: { how, marker } },
    traits: { anyWay: true },
    init: () => ({ params: { w: tf.ones([2, 1]) }, state: {} }),
    loss(meta, task) {
      if (hangs()) {
        if (how.startsWith('spins')) for (;;);
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
      }
      return { loss: tf.sum(tf.square(tf.matMul(task.support.x, meta.params.w))), state: {}, metrics: {} }
    },
    adapt: () => ({}),
    predict: (meta, _, x) => tf.matMul(x, meta.params.w),
  }
}
`,
  )
  return path
}

/** The same in this thread. */
function learnerThat(how: string, marker: string): MetaLearner {
  return {
    spec: { package: 'test', export: 'trouble', options: { how, marker } },
    traits: { anyWay: true },
    init: () => ({ params: { w: tensor2d([[1], [1]]) }, state: {} }),
    loss(meta: { params: { w: never } }, { support }: ReturnType<typeof task>) {
      const { w } = meta.params
      return { loss: sum(square(matMul(support.x, w))), state: {}, metrics: {} }
    },
    adapt: () => ({}),
    predict: () => undefined,
  } as unknown as MetaLearner
}
