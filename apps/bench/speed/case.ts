import {
  adam,
  applyUpdates,
  type Batch,
  conv4,
  disposeTask,
  type Episode,
  type Executor,
  finnNet,
  type MetaLearner,
  rng,
  tree,
} from '@kshot/core'
import { maml } from '@kshot/maml'
import { slice, tensor1d, tensor4d } from '@tensorflow/tfjs-core'

/** What is measured: something that can be done again and again. */
export interface SpeedCase {
  /** Of which one run does `perRun(workers)`. */
  readonly unit: 'episode' | 'task' | 'query'
  perRun(workers: number): number
  prepare(executor: Executor, perRun: number): Prepared
}

export interface Prepared {
  run(): Promise<void>
  dispose(): void
}

export interface Shape {
  readonly ways: number
  readonly shots: number
  readonly queries: number
}

const SIZE = 28

/** An episode of noise: speed does not depend on what is in a picture. */
function episode({ ways, shots, queries }: Shape, index: number): Episode {
  const random = rng('speed').split(index)
  const batch = (each: number, own: ReturnType<typeof rng>): Batch => {
    const n = ways * each
    const pixels = Float32Array.from({ length: n * SIZE * SIZE }, () => own.uniform())
    return {
      x: tensor4d(pixels, [n, SIZE, SIZE, 1]),
      y: tensor1d(
        Array.from({ length: n }, (_, i) => Math.floor(i / each)),
        'int32',
      ),
      ways,
    }
  }
  return {
    support: batch(shots, random.split('support')),
    query: batch(queries, random.split('query')),
    id: { source: 'speed', index },
  }
}

const inputShape = [SIZE, SIZE, 1]

/** A meta-step: gradients of all tasks, and Adam. */
export function training(
  learner: MetaLearner,
  shape: Shape,
  { unit, perRun }: Pick<SpeedCase, 'unit' | 'perRun'>,
): SpeedCase {
  return {
    unit,
    perRun,
    prepare(executor, metaBatch) {
      const tasks = Array.from({ length: metaBatch }, (_, i) => episode(shape, i))
      const optimizer = adam(1e-3)
      let meta = learner.init(rng(0), { inputShape, ways: shape.ways })
      let moments = optimizer.init(meta.params)
      let step = 0
      return {
        async run() {
          const ctx = { step, phase: 'train' as const, rng: rng(0).split(step) }
          const result = await executor.metaGradient(learner, meta, tasks, ctx)
          const moved = optimizer.update(result.gradient, moments, { step, params: meta.params })
          const params = applyUpdates(meta.params, moved.updates)
          await result.loss.data()
          tree.dispose([result.gradient, result.loss, result.metrics, moved.updates])
          tree.dispose([meta.params, meta.state, moments])
          meta = { params, state: result.state }
          moments = moved.state
          step++
        },
        dispose: () => disposeTask([tasks, meta, moments]),
      }
    },
  }
}

/** What an app waits for: adapting to a support set and classifying one query. */
export function latency(learner: MetaLearner, { ways, shots }: Shape): SpeedCase {
  return {
    unit: 'query',
    perRun: () => 1,
    prepare() {
      const task = episode({ ways, shots, queries: 1 }, 0)
      const query = slice(task.query.x, 0, 1)
      const meta = learner.init(rng(0), { inputShape, ways })
      const ctx = { step: 0, phase: 'test' as const, rng: rng(0) }
      return {
        async run() {
          const adapted = learner.adapt(meta, task.support, ctx)
          const output = learner.predict(meta, adapted, query, ctx)
          await output.data()
          tree.dispose([adapted, output])
        },
        dispose: () => disposeTask([task, query, meta]),
      }
    },
  }
}

/** One episode an update, or one a worker. */
export const anEpisode = {
  unit: 'episode',
  perRun: (workers: number) => Math.max(1, workers),
} as const

/** Enough tasks for a chunk of 8 each worker. */
export const tasks = {
  unit: 'task',
  perRun: (workers: number) => Math.max(16, 8 * workers),
} as const

const nets = { finn: finnNet, conv4 } as const

/** MAML as the figures of PyTorch have it: a fixed head, inner rate 0.4, statistics of each batch. */
export function mamlOn(
  net: keyof typeof nets,
  options: { ways: number; steps: number; firstOrder?: boolean },
): MetaLearner {
  return maml({
    model: nets[net]({ filters: 64 }),
    head: 'fixed',
    innerRate: 0.4,
    normalisation: { train: 'batch-separate', test: 'batch-separate' },
    ...options,
  })
}
