import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { node } from '../index'
import { checkBinding } from './check'
import { findBinding } from './find'
import { nativeInstall } from './install'
import { pins } from './pins'
import { placesOf } from './places'
import { runCommand } from './run-command'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kshot-native-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Runs `f` where only these programs are found, as scripts. */
async function withPrograms<T>(programs: { [name: string]: string }, f: () => Promise<T>) {
  const bin = join(folder, 'bin')
  mkdirSync(bin)
  for (const [name, script] of Object.entries(programs)) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
  }
  const { PATH } = process.env
  process.env.PATH = bin
  try {
    return await f()
  } finally {
    process.env.PATH = PATH
  }
}

const error = async (f: () => Promise<unknown>) => {
  const thrown = await f().then(
    () => undefined,
    (reason: Error) => reason,
  )
  expect(thrown).toBeInstanceOf(Error)
  return thrown!
}

/** As if libtensorflow had been unpacked, without the files that are named. */
function unpacked(root: string, ...absent: string[]) {
  const lib = join(placesOf('cpu', root).tensorflow, 'lib')
  mkdirSync(lib, { recursive: true })
  const files = pins.cpu.files.filter((file) => !absent.includes(file))
  for (const file of files) writeFileSync(join(lib, file), '')
}

describe.skipIf(process.platform !== 'linux' || process.arch !== 'x64')('nativeInstall', () => {
  it('says which program is missing', async () => {
    const thrown = await error(() => withPrograms({}, () => nativeInstall({ root: folder })))
    expect(thrown).toMatchObject({ code: 'native/download-failed' })
    expect(thrown.message).toContain("no program 'python3'")
    expect(thrown.message).toContain('tensorflow-cpu==2.15.1')
  })

  it('passes on what pip said, and leaves nothing half done', async () => {
    const pip = 'echo THESE PACKAGES DO NOT MATCH THE HASHES >&2; exit 1'
    const thrown = await error(() =>
      withPrograms({ python3: pip }, () => nativeInstall({ root: join(folder, 'root') })),
    )
    expect(thrown.message).toContain('DO NOT MATCH THE HASHES')
    expect(readdirSync(join(folder, 'root'))).toEqual([])
  })

  it('refuses sources with another checksum', async () => {
    const root = join(folder, 'root')
    unpacked(root)
    const npm = `echo '[{ "filename": "x.tgz", "integrity": "sha512-other" }]'`
    const thrown = await error(() => withPrograms({ npm }, () => nativeInstall({ root })))
    expect(thrown).toMatchObject({ code: 'native/checksum' })
    expect(thrown.message).toContain('sha512-other')
  })

  it('gets a library again of which a file is gone, and keeps the rest until it has it', async () => {
    const root = join(folder, 'root')
    unpacked(root, 'libtensorflow_framework.so.2')
    const [before, said] = [readdirSync(root), [] as string[]]
    const log = (text: string) => void said.push(text)
    const pip = { python3: 'exit 1' }
    const thrown = await error(() => withPrograms(pip, () => nativeInstall({ root, log })))
    expect(thrown).toMatchObject({ code: 'native/download-failed' })
    expect(said).toEqual([expect.stringMatching(/libtensorflow.* again: .* not whole/)])
    expect(readdirSync(root)).toEqual(before)
  })

  it('builds a binding again that does not load', async () => {
    const root = join(folder, 'root')
    unpacked(root)
    const { binding } = placesOf('cpu', root)
    mkdirSync(dirname(binding), { recursive: true })
    writeFileSync(binding, 'no library')
    const said: string[] = []
    const log = (text: string) => void said.push(text)
    const thrown = await error(() =>
      withPrograms({ npm: 'exit 1' }, () => nativeInstall({ root, log })),
    )
    expect(thrown).toMatchObject({ code: 'native/sources-failed' })
    expect(said).toEqual([
      expect.stringMatching(/^Have libtensorflow/),
      expect.stringMatching(/^Getting the binding.* again: .* not whole/),
    ])
  })

  it('does not take a file that does not load for a binding', async () => {
    const file = join(folder, 'tfjs_binding.node')
    writeFileSync(file, 'no library')
    const thrown = await error(() => checkBinding(file))
    expect(thrown).toMatchObject({ code: 'native/check-failed' })
  })
})

describe('a command', () => {
  it('is told with the end of its output', async () => {
    const failing = {
      code: 'native/build-failed',
      what: 'a build',
      remedy: 'Install a compiler',
      run: [process.execPath, '-e', 'console.error("no stdio.h"); process.exit(3)'] as const,
    }
    const thrown = await error(() => runCommand({ ...failing, run: [...failing.run] }))
    expect(thrown.message).toMatch(/ended with 3\nno stdio\.h/)
    expect(thrown.message).toContain('Install a compiler')
  })
})

describe('the binding', () => {
  it('is missed with both places where it could be', async () => {
    const found = findBinding('cpu', folder)
    expect(found).toEqual({
      reason: expect.stringContaining('neither kshot'),
    })
    const availability = await node({ root: folder }).available()
    expect(availability).toMatchObject({
      available: false,
      remedy: expect.stringContaining('npx kshot native install'),
    })
  })

  it('is reported where it does not load', async () => {
    const { binding } = placesOf('cpu', folder)
    mkdirSync(dirname(binding), { recursive: true })
    symlinkSync(import.meta.filename, binding)
    expect(await node({ root: folder }).available()).toMatchObject({
      available: false,
      reason: expect.stringContaining('does not load'),
    })
  })

  it.each([0, -1, 1.5, Number.NaN])('refuses %s threads', async (threads) => {
    await expect(node({ threads }).available()).rejects.toMatchObject({ code: 'node/bad-option' })
    const nothing = node({ threads, root: folder })
    await expect(nothing.available()).rejects.toMatchObject({ code: 'node/bad-option' })
  })
})
