import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { constants, tmpdir } from 'node:os'
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

/** Gives this process SwiftShader, unless it names a driver of its own; or says why it cannot. */
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

/** The folder that the archive was unpacked to, until this process ends. */
let folder: string | { readonly missing: string } | undefined

function unpacked(): string | { readonly missing: string } {
  folder ??= unpack()
  return folder
}

function unpack(): string | { readonly missing: string } {
  const archive = archiveFile()
  if (!archive) return { missing: '@sparticuz/chromium is not installed' }
  const to = mkdtempSync(join(tmpdir(), 'kshot-swiftshader-'))
  process.on('exit', () => rmSync(to, { recursive: true, force: true }))
  const input = brotliDecompressSync(readFileSync(archive))
  const { status, stderr } = spawnSync('tar', ['-x', '-C', to], { input })
  return status === 0 ? to : { missing: `tar: ${stderr}` }
}

function archiveFile(): string | undefined {
  try {
    const entry = createRequire(import.meta.url).resolve('@sparticuz/chromium')
    return join(dirname(entry), '../../bin/swiftshader.tar.br')
  } catch {
    return undefined
  }
}
