import type { Adapter, Gpu, Power } from './adapter'
import { dawn, hold, noDriver } from './dawn'
import { type Missing, missing } from './missing'

export interface Found {
  readonly gpu: Gpu
  readonly adapter: Adapter
}

/** The adapter of this page, or of Node; or exactly what is missing. */
export async function findAdapter(power: Power): Promise<Found | Missing> {
  const gpu = await findGpu()
  if ('available' in gpu) return gpu
  const adapter = await gpu.requestAdapter({ powerPreference: power })
  if (!adapter) return inNode() ? noDriver() : refused()
  hold(gpu)
  return { gpu, adapter }
}

async function findGpu(): Promise<Gpu | Missing> {
  const { gpu } = (globalThis.navigator ?? {}) as { readonly gpu?: Gpu }
  if (gpu) return gpu
  if (inNode()) return dawn()
  if (globalThis.isSecureContext === false) {
    const reason = 'this page is no secure context, and pages that are none have no WebGPU'
    return missing(reason, 'Serve it over https, or from localhost')
  }
  const remedy = 'Use a browser that has it (Chrome or Edge 113, Safari 26, Firefox 141, or later)'
  return missing('this browser has no WebGPU', `${remedy}, or the wasm backend`)
}

const inNode = () => typeof process === 'object' && process.versions?.node !== undefined

function refused(): Missing {
  const reason =
    'this browser has WebGPU and gives no adapter: there is no GPU, or the browser blocks it or its driver'
  return missing(reason, 'See chrome://gpu for why, update the driver, or use the wasm backend')
}
