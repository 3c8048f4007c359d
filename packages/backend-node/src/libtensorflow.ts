import { availableParallelism } from 'node:os'
import {
  type Availability,
  type Backend,
  type DeviceInfo,
  KshotError,
  type Spec,
} from '@kshot/core'
import { engine, registerBackend, setBackend } from '@tensorflow/tfjs-core'
import { type Binding, hasOwnKernels, loadBinding } from './binding'
import { registerKernels } from './kernels'
import { findBinding } from './native/find'
import type { Device } from './native/pins'
import { NativeBackend } from './native-backend'
import { missingInstructions } from './processor'

/** What tells one backend on libtensorflow from another. */
export interface Libtensorflow {
  readonly name: string
  readonly spec: Spec
  readonly device: Device
  readonly threads?: number | undefined
  /** How the library is installed. */
  readonly remedy: string
  /** Variables that libtensorflow reads when it is loaded. */
  readonly environment?: { readonly [name: string]: string }
  /** Why a binding that was loaded will not do, if it will not. */
  refuse?(binding: Binding, path: string): Availability
  describe(): Promise<Pick<DeviceInfo, 'device' | 'memoryBytes'>>
  /** The folder that `nativeInstall` used, if not the user's cache folder. */
  readonly root?: string | undefined
  /** Whether kshot's own kernels run, which are for memory of the CPU. Default true. */
  readonly ownKernels?: boolean
}

/** A backend on libtensorflow. */
export function libtensorflow(about: Libtensorflow): Backend {
  const { name, spec, ownKernels = true } = about
  return {
    name,
    spec,
    available: async () => {
      const found = await find(about)
      return 'binding' in found ? { available: true } : found
    },
    async activate() {
      const found = await find(about)
      if (!('binding' in found)) throw unavailable(name, found)
      const { binding } = found
      const own = ownKernels && hasOwnKernels(binding)
      if (!(name in engine().registryFactory)) {
        registerKernels(name, own)
        registerBackend(name, () => new NativeBackend(binding))
      }
      await setBackend(name)
      return {
        backend: name,
        kernels: `libtensorflow-${binding.TF_Version}${own ? '+kshot' : ''}`,
        threads: Number(process.env[THREADS]) || availableParallelism(),
        ...(await about.describe()),
      }
    },
  }
}

type Missing = Extract<Availability, { available: false }>

async function find(about: Libtensorflow): Promise<{ readonly binding: Binding } | Missing> {
  const { device, root, remedy, environment = {}, threads } = about
  // A bad option is one on every machine, whether or not the library is there.
  checkThreads(threads)
  const found = findBinding(device, root)
  if (found.binding === undefined) return { available: false, reason: found.reason, remedy }
  const lacking = missingInstructions()
  if (lacking) return tooOld(lacking)
  setThreads(threads)
  for (const [variable, value] of Object.entries(environment)) process.env[variable] ??= value
  try {
    const binding = loadBinding(found.binding)
    const refused = about.refuse?.(binding, found.binding)
    return refused && !refused.available ? refused : { binding }
  } catch (error) {
    const reason = `its native binding does not load: ${(error as Error).message}`
    return { available: false, reason, remedy }
  }
}

function tooOld(instructions: string): Missing {
  const reason = `this processor has no ${instructions} instructions, which libtensorflow needs`
  return { available: false, reason, remedy: 'Use the wasm backend' }
}

const THREADS = 'TF_NUM_INTRAOP_THREADS'

function checkThreads(threads: number | undefined): void {
  if (threads === undefined || (Number.isSafeInteger(threads) && threads >= 1)) return
  throw new KshotError('node/bad-option', {
    got: `threads: ${threads}`,
    expected: 'a whole number of at least 1',
    remedy: 'Leave it out to use one per core',
  })
}

// libtensorflow reads it once, when it is loaded; all threads of a process have one pool
function setThreads(threads: number | undefined): void {
  if (threads === undefined) return
  process.env[THREADS] ??= `${threads}`
  if (process.env[THREADS] === `${threads}`) return
  throw new KshotError('node/threads', {
    got: `threads: ${threads} in a process where libtensorflow has ${process.env[THREADS]}`,
    expected: 'one number of threads per process',
    remedy: `Set it before anything else activates the backend, or set ${THREADS}`,
  })
}

function unavailable(name: string, { reason, remedy }: Missing): KshotError {
  return new KshotError('backend/unavailable', {
    got: `the backend '${name}', which cannot run here: ${reason}`,
    expected: 'a backend that this machine can run',
    remedy,
  })
}
