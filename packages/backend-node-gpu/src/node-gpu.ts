import { type Libtensorflow, libtensorflow } from '@kshot/backend-node'
import { type Availability, type Backend, KshotError } from '@kshot/core'
import { gpuDevices } from './devices'
import { thisMachine, whyNoGpu } from './missing'

export interface NodeGpuOptions {
  /** Which card, by its index in {@link gpuDevices}. Default: the first visible one. */
  readonly device?: number
  /** Allocates memory as needed, instead of nearly all of it at once. Default true. */
  readonly memoryGrowth?: boolean
  /** The folder that `nativeInstall` used, if not the user's cache folder. */
  readonly root?: string
}

/**
 * libtensorflow with CUDA, on one card. It is available if libtensorflow finds a GPU, and never falls back
 * to the CPU.
 *
 * `device` and `memoryGrowth` take effect only when the process first loads the library.
 * @throws `node-gpu/bad-option`
 * @example await useBackend(nodeGpu({ device: 0 }))
 */
export function nodeGpu(options: NodeGpuOptions = {}): Backend {
  return libtensorflow(describeNodeGpu(options))
}

/** What makes a backend on libtensorflow the one for CUDA. */
export function describeNodeGpu(options: NodeGpuOptions): Libtensorflow {
  const { device, memoryGrowth = true, root } = options
  if (device !== undefined && !(Number.isSafeInteger(device) && device >= 0)) {
    throw badDevice(device)
  }
  return {
    name: 'node-gpu',
    spec: { package: '@kshot/backend-node-gpu', export: 'nodeGpu', options: { ...options } },
    device: 'cuda',
    remedy: "Run 'npx kshot native install --cuda', or call nativeInstall({ cuda: true })",
    environment: {
      // loading it prints three errors that are none; what is missing is said by us
      TF_CPP_MIN_LOG_LEVEL: '3',
      ...(memoryGrowth && { TF_FORCE_GPU_ALLOW_GROWTH: 'true' }),
      ...(device !== undefined && { CUDA_VISIBLE_DEVICES: `${device}` }),
    },
    refuse: (binding, path): Availability =>
      binding.isUsingGpuDevice() ? { available: true } : whyNoGpu(thisMachine(path)),
    async describe() {
      const cards = await gpuDevices()
      const pinned = Number.parseInt(process.env.CUDA_VISIBLE_DEVICES ?? '0', 10)
      const card = cards.find(({ index }) => index === pinned) ?? cards[0]
      if (!card) return { device: 'NVIDIA GPU' }
      return { device: card.name, memoryBytes: card.memoryBytes }
    },
    ownKernels: false,
    root,
  }
}

function badDevice(device: number): KshotError {
  return new KshotError('node-gpu/bad-option', {
    got: `device: ${device}`,
    expected: 'the index of a card, from 0',
    remedy: 'gpuDevices() lists them',
  })
}
