import { type Backend, type DeviceInfo, KshotError } from '@kshot/core'
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu'
import {
  engine,
  findBackend,
  registerBackend,
  removeBackend,
  setBackend,
} from '@tensorflow/tfjs-core'
import { type Adapter, isSoftware, nameOf, openDevice, type Power } from './adapter'
import { withNavigator } from './dawn'
import { type Found, findAdapter } from './find-adapter'
import { type KernelChoice, useKernels } from './kernels'
import { missing, unavailable } from './missing'
import { type Watched, watched } from './watched'

export interface WebGPUOptions {
  /**
   * Which GPU to use on a machine with two. Default: the faster one. The first backend of a process or page
   * decides.
   */
  readonly power?: Power
  /**
   * Kernels for a GPU, or for a processor that emulates one, like SwiftShader. Default: what the adapter is; for
   * tests of the former without a GPU.
   */
  readonly kernels?: KernelChoice
}

/**
 * WebGPU: in browsers, and in Node through Dawn (the package `webgpu`).
 *
 * Read values with `await x.data()`: `dataSync` throws in Node, and in browsers where it would return zeros.
 * @throws `webgpu/power` if the other GPU is in use; when values are read, `webgpu/sync-read`, and
 * `webgpu/failed` or `webgpu/device-lost` for what went wrong on the GPU before
 * @example await useBackend(webgpu())
 */
export function webgpu(options: WebGPUOptions = {}): Backend {
  const { power = 'high-performance', kernels } = options
  return {
    name: 'webgpu',
    spec: { package: '@kshot/backend-webgpu', export: 'webgpu', options: { ...options } },
    async available() {
      const found = await findAdapter(power)
      if ('adapter' in found) return { available: true }
      const { reason, remedy } = found
      return { available: false, reason, remedy }
    },
    async activate() {
      const { adapter } = await start(power)
      const choice = kernels ?? (isSoftware(adapter) ? 'software' : 'hardware')
      useKernels(choice)
      await setBackend('webgpu')
      return infoOf(adapter, choice)
    },
  }
}

interface Active {
  readonly backend: Watched
  readonly power: Power
  readonly adapter: Adapter
}

let active: Promise<Active | undefined> = Promise.resolve(undefined)

/** One after the other, so that who asks twice at once gets one backend. */
function start(power: Power): Promise<Active> {
  const before = active
  const starting = before.then((running) => proceed(running, power))
  active = starting.catch(() => before)
  return starting
}

/** The backend that runs; or a new one, where there is none or its device is lost. */
function proceed(running: Active | undefined, power: Power): Active | Promise<Active> {
  if (!running || !inUse(running.backend)) return create(power)
  if (running.power === power) return running
  throw otherPower(power, running.power)
}

const inUse = ({ tfjs, isLost }: Watched) => engine().registry.webgpu === tfjs && !isLost()

async function create(power: Power): Promise<Active> {
  const found = await findAdapter(power)
  if (!('adapter' in found)) throw unavailable(found)
  return { backend: watched(await open(found)), power, adapter: found.adapter }
}

function infoOf({ info }: Adapter, kernels: KernelChoice): DeviceInfo {
  return {
    backend: 'webgpu',
    device: nameOf(info),
    kernels: `kshot-webgpu-${kernels}`,
    threads: 1,
  }
}

/** That of TensorFlow.js. */
const PRIORITY = 3

/** TensorFlow.js' backend; the app's own, if it has one already. */
async function open({ gpu, adapter }: Found): Promise<WebGPUBackend> {
  // Imported here and not above: in a browser the import offers TensorFlow.js a new default backend.
  const { WebGPUBackend } = await import('@tensorflow/tfjs-backend-webgpu')
  const own = engine().registry.webgpu as WebGPUBackend | undefined
  if (own && !watched(own).isLost()) return own
  const device = await openDevice(adapter).catch((error: Error) => {
    throw unavailable(noDevice(adapter, error))
  })
  const backend = withNavigator(
    gpu,
    () => new WebGPUBackend(device as never, adapter.info as never), // whole, though adapter.ts declares parts,
  )
  if ('webgpu' in engine().registryFactory) removeBackend('webgpu')
  registerBackend('webgpu', () => backend, PRIORITY)
  findBackend('webgpu')
  return backend
}

function otherPower(asked: Power, power: Power): KshotError {
  return new KshotError('webgpu/power', {
    got: `power: '${asked}' where the backend runs on the '${power}' GPU`,
    expected: 'one GPU per process or page',
    remedy: 'Set it before anything else activates the backend',
  })
}

function noDevice({ info }: Adapter, error: Error) {
  const reason = `the adapter ${nameOf(info)} provides no device: ${error.message.split('\n')[0]}`
  return missing(reason, 'Update its driver, or use another backend', error)
}
