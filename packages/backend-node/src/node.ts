import { cpus } from 'node:os'
import type { Backend } from '@kshot/core'
import { libtensorflow } from './libtensorflow'

export interface NodeOptions {
  /**
   * Threads that one operation may use; by default one a core. All threads of a process share them, and
   * the first backend of a process decides: take 1 where worker threads run tasks side by side.
   */
  readonly threads?: number
  /** Where `nativeInstall` installed to, if not to the user's cache folder. */
  readonly root?: string
}

/**
 * libtensorflow on the CPU: the fastest backend where there is no GPU.
 *
 * The library is that of `kshot native install` or `nativeInstall`, else that of a copy of
 * `@tensorflow/tfjs-node` that the app has and whose own install script got it.
 * @throws `node/bad-option`, `node/threads` where the process has another number of threads already
 * @example await useBackend(node())
 */
export function node(options: NodeOptions = {}): Backend {
  const { threads, root } = options
  return libtensorflow({
    name: 'node',
    spec: { package: '@kshot/backend-node', export: 'node', options: { ...options } },
    device: 'cpu',
    remedy: "Run 'npx kshot native install', or call nativeInstall() of @kshot/backend-node",
    describe: async () => ({ device: cpus()[0]?.model.trim() || 'unknown processor' }),
    threads,
    root,
  })
}
