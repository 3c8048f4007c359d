import { type Availability, type Backend, type DeviceInfo, KshotError } from '@kshot/core'
import { importBackend } from '@kshot/core/backend'
import { backend, env, getBackend, setBackend } from '@tensorflow/tfjs-core'
import { type KernelChoice, useKernels } from './kernels'
import type { WasmBackend } from './kernels/native'

export interface WasmOptions {
  /** Where the `.wasm` files are served, for example `'/assets/'`; in Node they are found in the package. */
  readonly path?: string
  /**
   * Which kernels run: TensorFlow.js' own (`stock`), ours with direct convolutions
   * (`exact`), or ours with faster convolutions whose rounding errors are about ten times larger (`fast`,
   * the default).
   */
  readonly kernels?: KernelChoice
}

/**
 * The default backend: WebAssembly with SIMD, in Node and in browsers, with nothing to compile.
 * In a browser the three `.wasm` files of `@tensorflow/tfjs-backend-wasm/dist` must be served.
 * @throws `backend/unavailable` if they do not load
 * @example await useBackend(wasm())
 */
export function wasm({ path, kernels = 'fast' }: WasmOptions = {}): Backend {
  return {
    name: 'wasm',
    spec: {
      package: '@kshot/backend-wasm',
      export: 'wasm',
      options: { ...(path !== undefined && { path }), ...(kernels !== 'fast' && { kernels }) },
    },
    available: async () => availability(),
    async activate() {
      // Imported here and not above: the import offers TensorFlow.js a new default backend.
      const { setWasmPaths, getThreadsCount } = await importBackend(
        'wasm',
        () => import('@tensorflow/tfjs-backend-wasm'),
      )
      // The threaded build, for isolated pages, keeps its memory to itself; our kernels are faster.
      if (kernels !== 'stock') env().set('WASM_HAS_MULTITHREAD_SUPPORT', false)
      await start(() => path !== undefined && setWasmPaths(path), path)
      return deviceInfo(await useKernels(backend() as WasmBackend, kernels), getThreadsCount())
    },
  }
}

/** Makes TensorFlow.js' backend active, or leaves the one that is. */
async function start(setPath: () => void, path: string | undefined): Promise<void> {
  const before = getBackend()
  try {
    setPath()
  } catch (cause) {
    throw notLoaded('before, from another folder', cause)
  }
  if (await setBackend('wasm')) return
  if (before) await setBackend(before)
  throw notLoaded(`from ${path === undefined ? 'where the script lies' : `'${path}'`}`)
}

function notLoaded(where: string, cause?: unknown): KshotError {
  return new KshotError('backend/unavailable', {
    got: `the backend 'wasm', which cannot run here: its .wasm files did not load ${where}`,
    expected: 'the three unchanged files of @tensorflow/tfjs-backend-wasm/dist',
    remedy:
      "Serve them, pass their folder (wasm({ path: '/assets/' })), and reload the page: TensorFlow.js tries only one folder",
    cause,
  })
}

function availability(): Availability {
  if (typeof WebAssembly === 'object') return { available: true }
  return {
    available: false,
    reason: 'there is no WebAssembly',
    remedy: 'Use the cpu backend, or a runtime with WebAssembly',
  }
}

async function deviceInfo(kernels: string, threads: number): Promise<DeviceInfo> {
  const simd = await env().getAsync('WASM_HAS_SIMD_SUPPORT')
  return {
    backend: 'wasm',
    device: deviceName(),
    kernels: kernels === 'stock' ? `stock-${simd ? 'simd' : 'scalar'}` : kernels,
    threads: Math.max(1, threads),
  }
}

function deviceName(): string {
  if (typeof process === 'object' && process.getBuiltinModule) {
    return process.getBuiltinModule('node:os').cpus()[0]?.model.trim() ?? 'unknown processor'
  }
  return typeof navigator === 'object' ? navigator.userAgent : 'unknown device'
}
