import { cpu } from '@kshot/backend-cpu'
import { wasm } from '@kshot/backend-wasm'
import type { Backend } from '@kshot/core'

/** The backends that a run can name. */
export const backends: { readonly [name: string]: () => Backend } = {
  wasm: () => wasm(),
  cpu: () => cpu(),
}
