import { type Executor, sequential } from '@kshot/core'

/** How the tasks of a meta-batch are run, one after the other or at once. */
export const EXECUTORS = ['sequential'] as const
export type ExecutorName = (typeof EXECUTORS)[number]

export interface ExecutorOptions {
  readonly executor: ExecutorName
  /** Worker threads; 0 runs everything in this one. */
  readonly workers: number
  readonly backend: string
}

/** The executor of a run; end it when the run is done. */
export async function openExecutor(_: ExecutorOptions): Promise<{
  executor: Executor
  dispose(): Promise<void>
}> {
  return { executor: sequential(), dispose: async () => {} }
}
