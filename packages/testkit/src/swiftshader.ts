import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import { brotliDecompressSync } from 'node:zlib'

/**
 * SwiftShader, a Vulkan driver that computes on the processor, out of the registry package of Chromium: what a
 * process needs in its environment to have it, or why it cannot.
 */
export function swiftShader(): { readonly [name: string]: string } | string {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    return `the SwiftShader of @sparticuz/chromium is for Linux on x64, this is ${process.platform} on ${process.arch}`
  }
  const folder = unpacked()
  if (typeof folder !== 'string') return folder.missing
  return { VK_ICD_FILENAMES: join(folder, 'vk_swiftshader_icd.json'), LD_LIBRARY_PATH: folder }
}

/** Sets this process up to use SwiftShader, unless it names its own driver; or says why it cannot. */
export function useSwiftShader(): string | undefined {
  if (process.env.VK_ICD_FILENAMES) return undefined
  const environment = swiftShader()
  if (typeof environment === 'string') return environment
  process.env.VK_ICD_FILENAMES = environment.VK_ICD_FILENAMES
  keepLoaded(join(environment.LD_LIBRARY_PATH!, 'libvulkan.so.1'))
  return undefined
}

// A running process takes no LD_LIBRARY_PATH any more, but who asks for a library of a name that is loaded
// already gets that one.
function keepLoaded(library: string): void {
  const RTLD_NODELETE = 0x1000
  try {
    process.dlopen({ exports: {} }, library, constants.dlopen.RTLD_NOW | RTLD_NODELETE)
  } catch {
    // it is no module of Node, and loaded nevertheless
  }
}

/** The folder that the archive was unpacked to. */
let folder: string | { readonly missing: string } | undefined

function unpacked(): string | { readonly missing: string } {
  folder ??= unpack()
  return folder
}

function unpack(): string | { readonly missing: string } {
  const archive = archiveFile()
  if (!archive) return { missing: '@sparticuz/chromium is not installed' }
  const packed = readFileSync(archive)
  const key = createHash('sha256').update(packed).digest('hex').slice(0, 8)
  // once for all processes: those that a test runner kills would leave theirs behind
  const [modules] = /^.*?node_modules/.exec(archive)!
  const to = join(modules, '.cache', `kshot-swiftshader-${key}`)
  if (existsSync(to)) return to
  mkdirSync(dirname(to), { recursive: true })
  const making = mkdtempSync(`${to}-`)
  const { status, stderr } = spawnSync('tar', ['-x', '-C', making], {
    input: brotliDecompressSync(packed),
  })
  if (status !== 0) {
    rmSync(making, { recursive: true, force: true })
    return { missing: `tar: ${stderr}` }
  }
  moveWhole(making, to)
  return to
}

function moveWhole(from: string, to: string): void {
  try {
    renameSync(from, to)
  } catch (error) {
    rmSync(from, { recursive: true, force: true })
    // another process was faster
    if (!existsSync(to)) throw error
  }
}

function archiveFile(): string | undefined {
  try {
    const entry = createRequire(import.meta.url).resolve('@sparticuz/chromium')
    return join(dirname(entry), '../../bin/swiftshader.tar.br')
  } catch {
    return undefined
  }
}
