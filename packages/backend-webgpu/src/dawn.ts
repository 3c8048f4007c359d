import type { Gpu } from './adapter'
import { type Missing, missing } from './missing'

/** Of the package `webgpu`. */
interface Dawn {
  create(options: readonly string[]): Gpu
  readonly globals: { readonly [name: string]: unknown }
}

/** Held on to once it gave an adapter: Dawn lives as long as someone does. */
let gpuInUse: Gpu | undefined
let globals: Dawn['globals'] = {}

/** WebGPU in Node: Dawn, by the package `webgpu`; or what is missing. */
export async function dawn(): Promise<Gpu | Missing> {
  if (gpuInUse) return gpuInUse
  const loaded = await load()
  if ('available' in loaded) return loaded
  const lacking = vulkanLoader()
  if (lacking) return lacking
  globals = loaded.globals
  return loaded.create([])
}

export function hold(gpu: Gpu): void {
  gpuInUse = gpu
}

async function load(): Promise<Dawn | Missing> {
  // a variable, so that bundlers of pages leave it alone
  const name = 'webgpu'
  try {
    return (await import(/* webpackIgnore: true */ /* @vite-ignore */ name)) as Dawn
  } catch (error) {
    const { message } = error as Error
    if (/Cannot find (package|module) 'webgpu'/.test(message)) {
      const reason = "the package 'webgpu', which provides WebGPU in Node, is not installed"
      return missing(reason, 'Run npm install webgpu', error)
    }
    const here = `${process.platform} on ${process.arch}`
    const reason = `the package 'webgpu' does not load on ${here}: ${message.split('\n')[0]}`
    return missing(reason, 'Install a version of it that has a build for this system', error)
  }
}

/** On Linux Dawn needs Vulkan; it would only print that there is none. */
function vulkanLoader(): Missing | undefined {
  if (process.platform !== 'linux') return undefined
  try {
    process.dlopen({ exports: {} }, 'libvulkan.so.1')
  } catch (error) {
    const { message } = error as Error
    if (message.includes('cannot open shared object')) {
      const reason = `there is no Vulkan on this machine (${message.split('\n')[0]})`
      const remedy =
        "Install it with the GPU's driver (Debian: apt install libvulkan1 mesa-vulkan-drivers)"
      return missing(reason, `${remedy}; ${SWIFTSHADER}`, error)
    }
    // it is no module of Node, and there
  }
  return undefined
}

const SWIFTSHADER =
  'without a GPU, SwiftShader computes on the processor: see the README of @kshot/backend-webgpu'

/** Why Dawn has no adapter, as far as can be told. */
export function noDriver(): Missing {
  if (process.platform !== 'linux') return missing('Dawn finds no GPU here', 'Install its driver')
  const variable = ['VK_DRIVER_FILES', 'VK_ICD_FILENAMES'].find((name) => process.env[name])
  if (!variable) {
    const reason = 'Dawn finds no Vulkan driver that it accepts, and VK_ICD_FILENAMES names none'
    return missing(reason, `Install the GPU's driver; ${SWIFTSHADER}`)
  }
  const { existsSync } = process.getBuiltinModule('node:fs')
  const files = process.env[variable]!.split(':')
  const absent = files.find((file) => !existsSync(file))
  if (absent) {
    const reason = `${variable} names ${absent}, which is not there`
    return missing(reason, `Name the JSON file of a driver that is installed; ${SWIFTSHADER}`)
  }
  const reason = `Dawn does not accept the Vulkan driver that ${variable} names (${files.join(', ')})`
  const remedy = 'Use another driver, or a newer one: Dawn says on stderr what it lacks'
  return missing(reason, `${remedy}; ${SWIFTSHADER}`)
}

/** Runs `f` while `navigator.gpu` is there, which TensorFlow.js wants to see once; it needs the rest on. */
export function withNavigator<T>(found: Gpu, f: () => T): T {
  for (const [name, value] of Object.entries(globals)) {
    if (name in globalThis) continue
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true })
  }
  if ((globalThis.navigator as { gpu?: Gpu } | undefined)?.gpu) return f()
  const { target, key, value } = globalThis.navigator
    ? { target: globalThis.navigator, key: 'gpu', value: found }
    : { target: globalThis, key: 'navigator', value: { gpu: found } }
  Object.defineProperty(target, key, { value, configurable: true })
  try {
    return f()
  } finally {
    Reflect.deleteProperty(target, key)
  }
}
