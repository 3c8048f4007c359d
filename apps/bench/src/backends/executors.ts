import { type Executor, sequential } from '@kshot/core'
import { workers as startWorkers } from '@kshot/core/node'
import { vectorised } from '@kshot/vmap'
import { modelPackages } from '../catalogue/names'
import { backends } from './backends'

const make = {
  sequential: (_: number) => sequential(),
  vectorised: (tasks: number) => vectorised({ tasks }),
} as const

/** How the tasks of a meta-batch are run, one after the other or at once. */
export type ExecutorName = keyof typeof make
export const EXECUTORS = Object.keys(make) as [ExecutorName, ...ExecutorName[]]

export interface ExecutorOptions {
  readonly executor: ExecutorName
  /** Worker threads; 0 runs everything in this one, `auto` starts one per core. */
  readonly workers: number | 'auto'
  readonly backend: string
  /** For `vectorised`; a divisor or multiple of 8, which is the default. */
  readonly tasksAtOnce?: number
}

/** An executor that may have threads: dispose of it when the run is done. */
export interface OpenExecutor {
  readonly executor: Executor
  readonly workers: number
  dispose(): Promise<void>
}

/** The executor of a run. The backend must be the one that is active: threads have the same. */
export async function openExecutor(options: ExecutorOptions): Promise<OpenExecutor> {
  const inner = make[options.executor](options.tasksAtOnce ?? 8)
  if (options.workers === 0) return { executor: inner, workers: 0, dispose: async () => {} }
  const executor = await startWorkers({
    count: options.workers,
    backend: backends[options.backend]!(options.workers),
    executor: inner,
    packages: modelPackages(),
    resolve: (name) => import.meta.resolve(name),
  })
  return { executor, workers: executor.count, dispose: executor.dispose }
}
