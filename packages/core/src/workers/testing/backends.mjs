// Stock backends, for threads that import no package of kshot but the core.
import { setBackend } from '@tensorflow/tfjs-core'

const packages = {
  cpu: () => import('@tensorflow/tfjs-backend-cpu'),
  wasm: () => import('@tensorflow/tfjs-backend-wasm'),
}

const backend = (name) => () => ({
  name,
  available: async () => ({ available: true }),
  async activate() {
    await packages[name]()
    await setBackend(name)
    return { backend: name, device: 'test', kernels: 'stock', threads: 1 }
  },
})

export const cpu = backend('cpu')
export const wasm = backend('wasm')
