import type { Adapter, Gpu, Power } from './adapter'
import { dawn, hold, noDriver } from './dawn'
import { type Missing, missing } from './missing'

export interface Found {
  readonly gpu: Gpu
  readonly adapter: Adapter
}

/** What runs this code. */
export interface Surroundings {
  /** `navigator.gpu`. */
  readonly gpu?: Gpu | undefined
  readonly inNode: boolean
  readonly isSecureContext?: boolean | undefined
}

const here = (): Surroundings => ({
  gpu: (globalThis.navigator as { readonly gpu?: Gpu } | undefined)?.gpu,
  inNode: typeof process === 'object' && process.versions?.node !== undefined,
  isSecureContext: globalThis.isSecureContext,
})

/** The adapter of this page, or of Node; or exactly what is missing. */
export async function findAdapter(power: Power, around = here()): Promise<Found | Missing> {
  const gpu = await findGpu(around)
  if ('available' in gpu) return gpu
  const adapter = await gpu.requestAdapter({ powerPreference: power })
  if (!adapter) return around.inNode ? noDriver() : refused()
  hold(gpu)
  return { gpu, adapter }
}

async function findGpu({ gpu, inNode, isSecureContext }: Surroundings): Promise<Gpu | Missing> {
  if (gpu) return gpu
  if (inNode) return dawn()
  if (isSecureContext === false) {
    const reason = 'this page is not a secure context, and such a page has no WebGPU'
    return missing(reason, 'Serve it over https, or from localhost')
  }
  const remedy = 'Use a browser that has it (Chrome or Edge 113, Safari 26, Firefox 141, or later)'
  return missing('this browser has no WebGPU', `${remedy}, or the wasm backend`)
}

function refused(): Missing {
  const reason =
    'this browser has WebGPU but provides no adapter: there is no GPU, or it blocks it or its driver'
  return missing(reason, 'See chrome://gpu for why, update the driver, or use the wasm backend')
}
