import { cpu } from '@kshot/backend-cpu'
import { node } from '@kshot/backend-node'
import { nodeGpu } from '@kshot/backend-node-gpu'
import { wasm } from '@kshot/backend-wasm'
import type { Backend } from '@kshot/core'

/** The backends that a run can name. */
export const backends: { readonly [name: string]: () => Backend } = {
  wasm: () => wasm(),
  cpu: () => cpu(),
  node: () => node(),
  'node-gpu': () => nodeGpu(),
}
