import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { CUDA_FILES } from '@kshot/backend-node'
import type { Availability } from '@kshot/core'

/** What a machine has, as far as CUDA needs it. */
export interface Machine {
  /** The version of the kernel's driver, if there is one. */
  readonly driver: string | undefined
  /** Whether the loader finds a shared library. */
  has(library: string): boolean
  /** What CUDA_VISIBLE_DEVICES says. */
  readonly visible: string | undefined
}

/** This machine, for a binding that lies at `binding`. */
export function thisMachine(binding: string): Machine {
  const { LD_LIBRARY_PATH = '', CUDA_VISIBLE_DEVICES: visible } = process.env
  // beside libtensorflow lies what `kshot native install --cuda` got
  const own = join(dirname(binding), '../../deps/lib')
  const folders = [own, ...LD_LIBRARY_PATH.split(':')].filter(
    (folder) => folder && existsSync(folder),
  )
  const known = new Set([...folders.flatMap((folder) => readdirSync(folder)), ...loaderCache()])
  return { driver: driverVersion(), has: (library) => known.has(library), visible }
}

function driverVersion(): string | undefined {
  return existsSync('/proc/driver/nvidia/version') ? 'loaded' : undefined
}

function loaderCache(): string[] {
  for (const program of ['ldconfig', '/sbin/ldconfig']) {
    try {
      const printed = execFileSync(program, ['-p'], { encoding: 'utf8', stdio: 'pipe' })
      return [...printed.matchAll(/^\s+(\S+)/gm)].map(([, name]) => name!)
    } catch {}
  }
  return []
}

type Missing = Extract<Availability, { available: false }>

/** Why libtensorflow found no GPU: the first thing that is missing. */
export function whyNoGpu({ driver, has, visible }: Machine): Missing {
  const no = (reason: string, remedy: string): Missing => ({ available: false, reason, remedy })
  if (!driver) {
    return no(
      'there is no NVIDIA driver (no /proc/driver/nvidia)',
      'Install the NVIDIA driver (525 or newer for CUDA 12), and give a container its devices; or use the node or wasm backend',
    )
  }
  if (!has('libcuda.so.1')) {
    return no(
      'the NVIDIA driver has no libcuda.so.1 here',
      'Install the compute part of the driver too; in a container, NVIDIA_DRIVER_CAPABILITIES=compute,utility',
    )
  }
  const missing = CUDA_FILES.filter((library) => !has(library))
  if (missing.length > 0) {
    const cudnn = missing.every((library) => library.startsWith('libcudnn'))
    return no(
      `${cudnn ? 'cuDNN 8' : 'CUDA 12'} is not complete: no ${missing.join(', ')}`,
      "Run 'npx kshot native install --cuda', which installs them, or add their folder to LD_LIBRARY_PATH",
    )
  }
  return no(
    `libtensorflow found no GPU that it can use${visible === undefined ? '' : `, with CUDA_VISIBLE_DEVICES=${visible}`}`,
    'Check nvidia-smi and CUDA_VISIBLE_DEVICES; TF_CPP_MIN_LOG_LEVEL=0 lets libtensorflow say why',
  )
}
