import type { Backend } from '@kshot/core'
import { backend as activeBackend, engine, setBackend } from '@tensorflow/tfjs-core'

// Not the published packages: they depend on this one.
const load = {
  cpu: () => import('@tensorflow/tfjs-backend-cpu'),
  wasm: () => import('@tensorflow/tfjs-backend-wasm'),
} as const

export type TestBackend = keyof typeof load

/** The backends that every machine can run. */
export const testBackends: readonly TestBackend[] = ['cpu', 'wasm']

/** Makes a stock backend the active one. */
export async function activate(backend: TestBackend | Backend): Promise<void> {
  if (typeof backend !== 'string') return void (await backend.activate())
  if (!(backend in engine().registryFactory)) await load[backend]()
  await setBackend(backend)
  // the cpu backend's first use would print an advertisement
  if (backend === 'cpu') (activeBackend() as { firstUse?: boolean }).firstUse = false
}
