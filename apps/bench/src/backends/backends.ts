import { cpu } from '@kshot/backend-cpu'
import { node } from '@kshot/backend-node'
import { nodeGpu } from '@kshot/backend-node-gpu'
import { wasm } from '@kshot/backend-wasm'
import { webgpu } from '@kshot/backend-webgpu'
import type { Backend } from '@kshot/core'

/** The backends that a run can name, for so many worker threads beside this one. */
export const backends: { readonly [name: string]: (workers?: number | 'auto') => Backend } = {
  wasm: () => wasm(),
  cpu: () => cpu(),
  // threads over tasks do better than threads within each operation of a task
  node: (workers = 0) => node(workers === 0 ? {} : { threads: 1 }),
  'node-gpu': () => nodeGpu(),
  webgpu: () => webgpu(),
}
