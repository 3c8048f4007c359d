import { engine, getBackend, registerBackend, setBackend } from '@tensorflow/tfjs-core'
import { KshotError } from './errors'
import type { Spec } from './spec'

/** Whether this machine can run a backend, and if not, what is missing. */
export type Availability =
  | { readonly available: true }
  | { readonly available: false; readonly reason: string; readonly remedy: string }

/** What the numbers were computed on; recorded in every result. */
export interface DeviceInfo {
  /** Name of the backend, for example `wasm`. */
  readonly backend: string
  /** Name of the device, for example `AMD EPYC 7763`. */
  readonly device: string
  /** Which variant of the kernels ran, for example `simd`. */
  readonly kernels: string
  readonly threads: number
  readonly memoryBytes?: number
}

/** A compute backend that can be swapped with one line. */
export interface Backend {
  readonly name: string
  /** How another thread rebuilds it. */
  readonly spec: Spec
  available(): Promise<Availability>
  /** Makes it TensorFlow.js' active backend. */
  activate(): Promise<DeviceInfo>
}

/**
 * Activates a backend, or says what is missing; it never falls back to another one.
 * @throws `backend/unavailable`
 * @example await useBackend(wasm())
 */
export async function useBackend(backend: Backend): Promise<DeviceInfo> {
  const availability = await backend.available()
  if (!availability.available) {
    throw new KshotError('backend/unavailable', {
      got: `the backend '${backend.name}', which cannot run here: ${availability.reason}`,
      expected: 'a backend that this machine can run',
      remedy: availability.remedy,
    })
  }
  return backend.activate()
}

/**
 * Runs a synchronous function on a backend other than the app's, then restores the app's.
 * The backend must have been prepared by {@link prepareBackend}.
 */
export function onBackend<T>(name: string, f: () => T): T {
  const before = getBackend()
  if (before === name) return f()
  // For a backend that is initialised, the switch is done before setBackend's promise is returned.
  void setBackend(name)
  try {
    return f()
  } finally {
    void setBackend(before)
  }
}

/**
 * Says what to do if no backend is active; TensorFlow.js' own message doesn't.
 * @throws `core/no-backend`
 */
export function requireBackend(): void {
  if (Object.keys(engine().registryFactory).length > 0) return
  throw new KshotError('core/no-backend', {
    got: 'no active TensorFlow.js backend',
    expected: 'an active backend',
    remedy:
      "Call await useBackend(wasm()) first, with wasm from '@kshot/backend-wasm', or pass { backend }",
  })
}

/** Initialises a backend for {@link onBackend}; the app's own, if any, stays active. */
export async function prepareBackend(backend: Backend): Promise<void> {
  if (backend.name in engine().registry) return
  const before = getBackend()
  await useBackend(backend)
  // a worker begins without one
  if (before) await setBackend(before)
}

type Factory = ReturnType<typeof engine>['registryFactory'][string]
const factories = new Map<string, Factory>()

/**
 * Imports the package of a stock backend, for `activate`. The import registers the backend once in a process;
 * where `tf.removeBackend` has taken it away since, it is registered again.
 */
export async function importBackend<T>(name: string, load: () => Promise<T>): Promise<T> {
  const loaded = await load()
  const { registryFactory } = engine()
  const registered = registryFactory[name]
  if (registered) factories.set(name, registered)
  const known = factories.get(name)
  if (known && !registered) registerBackend(name, known.factory, known.priority)
  return loaded
}
