import type { Availability, Backend, DeviceInfo } from '@kshot/core'
import { env, setBackend } from '@tensorflow/tfjs-core'

export interface WasmOptions {
  /** Where the `.wasm` files are served, as in `'/assets/'`; in Node they are found in the package. */
  readonly path?: string
}

/**
 * The default backend: WebAssembly with SIMD, in Node and in browsers, nothing to compile.
 * In a browser the three `.wasm` files of `@tensorflow/tfjs-backend-wasm/dist` must be served.
 * @example await useBackend(wasm())
 */
export function wasm({ path }: WasmOptions = {}): Backend {
  return {
    name: 'wasm',
    spec: {
      package: '@kshot/backend-wasm',
      export: 'wasm',
      options: path === undefined ? {} : { path },
    },
    available: async () => availability(),
    async activate() {
      // Imported here and not above: the import offers TensorFlow.js a new default backend.
      const { setWasmPaths, getThreadsCount } = await import('@tensorflow/tfjs-backend-wasm')
      if (path !== undefined) setWasmPaths(path)
      await setBackend('wasm')
      return deviceInfo(getThreadsCount())
    },
  }
}

function availability(): Availability {
  if (typeof WebAssembly === 'object') return { available: true }
  return {
    available: false,
    reason: 'there is no WebAssembly',
    remedy: 'Use the cpu backend, or a runtime with WebAssembly',
  }
}

async function deviceInfo(threads: number): Promise<DeviceInfo> {
  const simd = await env().getAsync('WASM_HAS_SIMD_SUPPORT')
  return {
    backend: 'wasm',
    device: deviceName(),
    kernels: simd ? 'stock-simd' : 'stock-scalar',
    threads: Math.max(1, threads),
  }
}

function deviceName(): string {
  if (typeof process === 'object' && process.getBuiltinModule) {
    return process.getBuiltinModule('node:os').cpus()[0]?.model.trim() ?? 'unknown processor'
  }
  return typeof navigator === 'object' ? navigator.userAgent : 'unknown device'
}
