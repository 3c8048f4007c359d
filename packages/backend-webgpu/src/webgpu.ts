import { type Backend, type DeviceInfo, KshotError } from '@kshot/core'
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu'
import {
  engine,
  findBackend,
  registerBackend,
  removeBackend,
  setBackend,
} from '@tensorflow/tfjs-core'
import { isSoftware, nameOf, openDevice, type Power } from './adapter'
import { withNavigator } from './dawn'
import { type Found, findAdapter } from './find-adapter'
import { installKernels } from './kernels'
import { unavailable } from './missing'
import { type Watched, watched } from './watched'

export interface WebGPUOptions {
  /**
   * Which GPU a machine with two of them takes. By default the faster. The first backend of a process or page
   * decides.
   */
  readonly power?: Power
}

/**
 * WebGPU: in browsers, and in Node through Dawn (the package `webgpu`).
 *
 * In Node, numbers are read by `await x.data()` only: `dataSync` throws.
 * @throws `webgpu/power` where the other GPU is in use; when numbers are read, `webgpu/sync-read`, and
 * `webgpu/failed` or `webgpu/device-lost` for what went wrong on the GPU before
 * @example await useBackend(webgpu())
 */
export function webgpu(options: WebGPUOptions = {}): Backend {
  const { power = 'high-performance' } = options
  return {
    name: 'webgpu',
    spec: { package: '@kshot/backend-webgpu', export: 'webgpu', options: { ...options } },
    async available() {
      const found = await findAdapter(power)
      return 'adapter' in found ? { available: true } : found
    },
    async activate() {
      const { info } = await start(power)
      await setBackend('webgpu')
      return info
    },
  }
}

interface Active {
  readonly backend: Watched
  readonly power: Power
  readonly info: DeviceInfo
}

let active: Promise<Active> | undefined

/** The backend that runs; or a new one, where there is none or its device is lost. */
async function start(power: Power): Promise<Active> {
  const running = await active?.catch(() => undefined)
  if (!running || !inUse(running.backend)) {
    active = create(power)
    return active
  }
  if (running.power === power) return running
  throw otherPower(power, running.power)
}

const inUse = ({ tfjs, isLost }: Watched) => engine().registry.webgpu === tfjs && !isLost()

async function create(power: Power): Promise<Active> {
  const found = await findAdapter(power)
  if (!('adapter' in found)) throw unavailable(found)
  const backend = watched(await open(found))
  installKernels()
  const { info } = found.adapter
  const kernels = `kshot-webgpu-${isSoftware(found.adapter) ? 'software' : 'hardware'}`
  return {
    backend,
    power,
    info: { backend: 'webgpu', device: nameOf(info), kernels, threads: 1 },
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
  const device = await openDevice(adapter)
  const backend = withNavigator(
    gpu,
    () => new WebGPUBackend(device as never, adapter.info as never),
  )
  if ('webgpu' in engine().registryFactory) removeBackend('webgpu')
  registerBackend('webgpu', () => backend, PRIORITY)
  findBackend('webgpu')
  return backend
}

function otherPower(asked: Power, power: Power): KshotError {
  return new KshotError('webgpu/power', {
    got: `power: '${asked}' where the backend runs on the '${power}' GPU`,
    expected: 'one GPU a process or page',
    remedy: 'Ask for it before anything else activates the backend',
  })
}
