import { cpus } from 'node:os'
import type { Backend } from '@kshot/core'
import { libtensorflow } from './libtensorflow'

export interface NodeOptions {
  /**
   * Threads that one operation may use; default: one per core. All threads of a process share them, and
   * the first backend of a process decides: use 1 if worker threads run tasks in parallel.
   */
  readonly threads?: number
  /** The folder that `nativeInstall` used, if not the user's cache folder. */
  readonly root?: string
}

/**
 * libtensorflow on the CPU: the fastest backend without a GPU.
 *
 * The library comes from `kshot native install` or `nativeInstall`, otherwise from a copy of
 * `@tensorflow/tfjs-node` in the app whose install script succeeded.
 * @throws `node/bad-option`, `node/threads` if the process already uses a different number of threads
 * @example await useBackend(node())
 */
export function node(options: NodeOptions = {}): Backend {
  const { threads, root } = options
  return libtensorflow({
    name: 'node',
    spec: { package: '@kshot/backend-node', export: 'node', options: { ...options } },
    device: 'cpu',
    remedy: "Run 'npx kshot native install', or call nativeInstall() from @kshot/backend-node",
    describe: async () => ({ device: cpus()[0]?.model.trim() || 'unknown processor' }),
    threads,
    root,
  })
}
