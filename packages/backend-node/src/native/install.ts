import { existsSync } from 'node:fs'
import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { KshotError } from '@kshot/core'
import { buildBinding, fetchSources } from './binding'
import { checkBinding } from './check'
import { type Device, type Pins, pins } from './pins'
import { type Places, placesOf, platform } from './places'
import { extractWheel } from './wheel'

export interface NativeInstallOptions {
  /** Installs the CUDA library instead of the CPU one. */
  readonly cuda?: boolean
  /** The target folder. Default: the user's cache folder, where the backends look. */
  readonly root?: string
  /** Called with each step. */
  readonly log?: (text: string) => void
}

/** What was installed. */
export interface NativeInstalled {
  readonly binding: string
  /** The version that libtensorflow reports. */
  readonly tensorflow: string
}

/**
 * Downloads libtensorflow and builds TensorFlow.js' binding to it, using only package registries: npm,
 * without scripts, and the Python package index. Intact parts are reused.
 *
 * Linux on x86-64. Needs Python 3 with pip, npm, tar, make and a C++ compiler.
 * @throws `native/unsupported-platform`, `native/download-failed`, `native/extract-failed`,
 * `native/sources-failed`, `native/checksum`, `native/no-headers`, `native/no-node-gyp`,
 * `native/build-failed`, `native/check-failed`
 * @example await nativeInstall({ log: console.log })
 */
export async function nativeInstall(options: NativeInstallOptions = {}): Promise<NativeInstalled> {
  const { cuda = false, root, log = () => {} } = options
  if (platform() !== 'linux-x64') throw unsupported()
  const device: Device = cuda ? 'cuda' : 'cpu'
  const [places, wanted] = [placesOf(device, root), pins[device]]
  await once(places.tensorflow, log, {
    what: `libtensorflow, ${wanted.tensorflow.requirement}`,
    isWhole: async (folder) => absentFile(wanted, folder) === undefined,
    make: (folder) => unpackTensorflow(wanted, folder),
  })
  const before = existsSync(places.binding)
    ? await checkBinding(places.binding).catch(() => undefined)
    : undefined
  await once(places.source, log, {
    what: `the binding, ${wanted.source.name}`,
    isWhole: async () => before !== undefined,
    make: (folder) => makeBinding(wanted, places, folder),
  })
  const tensorflow = before ?? (await checkBinding(places.binding))
  log(`It loads and computes: libtensorflow ${tensorflow}`)
  return { binding: places.binding, tensorflow }
}

interface Step {
  readonly what: string
  isWhole(folder: string): Promise<boolean>
  make(folder: string): Promise<void>
}

/** Makes a folder whole or not at all; one that is there and whole is left alone. */
async function once(
  folder: string,
  log: (text: string) => void,
  { what, isWhole, make }: Step,
): Promise<void> {
  const there = existsSync(folder)
  if (there && (await isWhole(folder))) return log(`Have ${what}`)
  log(there ? `Getting ${what}, again: what is there is not whole …` : `Getting ${what} …`)
  const making = `${folder}.${process.pid}`
  try {
    await make(making)
    if (there) await rm(folder, { recursive: true, force: true })
    await moveWhole(making, folder)
  } finally {
    await rm(making, { recursive: true, force: true })
  }
}

async function moveWhole(from: string, to: string): Promise<void> {
  try {
    await rename(from, to)
  } catch (error) {
    // another process was faster
    if (!existsSync(to)) throw error
  }
}

function absentFile({ files }: Pins, folder: string): string | undefined {
  return files.find((file) => !existsSync(join(folder, 'lib', file)))
}

async function unpackTensorflow(wanted: Pins, folder: string): Promise<void> {
  const { tensorflow, libraries } = wanted
  await extractWheel(tensorflow, folder, [
    { pattern: String.raw`^tensorflow/(libtensorflow_(cc|framework)\.so\.2)$`, target: 'lib/\\1' },
    {
      pattern: String.raw`^tensorflow/include/((tensorflow/(c|core/platform|tsl/c|tsl/platform)|tsl/(c|platform)|xla/tsl/(c|platform))/.*\.h)$`,
      target: 'include/\\1',
    },
  ])
  // beside libtensorflow, which looks for them where it lies
  for (const library of libraries) {
    await extractWheel(library, folder, [
      { pattern: String.raw`^nvidia/[^/]+/lib/([^/]+\.so[^/]*)$`, target: 'lib/\\1' },
      { pattern: '^nvidia/cuda_nvcc/((bin|nvvm)/.+)$', target: '\\1' },
    ])
  }
  const absent = absentFile(wanted, folder)
  if (absent) throw incomplete(tensorflow.requirement, absent)
  const lib = join(folder, 'lib')
  await symlink('libtensorflow_cc.so.2', join(lib, 'libtensorflow.so'))
  await symlink('libtensorflow_framework.so.2', join(lib, 'libtensorflow_framework.so'))
}

function incomplete(requirement: string, file: string): KshotError {
  return new KshotError('native/extract-failed', {
    got: `${requirement} and its companions, without ${file}`,
    expected: 'the libraries that TensorFlow consists of and loads',
    remedy: 'Please report this',
  })
}

async function makeBinding(wanted: Pins, places: Places, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  await fetchSources(wanted, folder)
  const binding = places.binding.replace(places.source, folder)
  await buildBinding({ ...places, source: folder, binding })
  await checkBinding(binding)
  await writeFile(join(folder, 'built-by.json'), `${JSON.stringify(process.versions)}\n`)
}

function unsupported(): KshotError {
  return new KshotError('native/unsupported-platform', {
    got: platform(),
    expected: 'linux-x64, for which the libraries are pinned',
    remedy:
      "Use the wasm backend, or let @tensorflow/tfjs-node's own install script download its library: the node backend can use it too",
  })
}
