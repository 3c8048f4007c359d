import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { swiftShader } from '@kshot/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { nameOf } from './adapter'
import { findAdapter } from './find-adapter'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

describe('in a page, it is said what is missing', () => {
  const page = { inNode: false, isSecureContext: true }
  const noAdapter = { requestAdapter: async () => null }

  it.each([
    ['a browser without WebGPU', page, 'this browser has no WebGPU', 'Use a browser that has it'],
    [
      'a page that is no secure context',
      { ...page, isSecureContext: false },
      'not a secure context',
      'Serve it over https',
    ],
    [
      'an adapter that is refused',
      { ...page, gpu: noAdapter },
      'provides no adapter',
      'chrome://gpu',
    ],
  ])('%s', async (_, around, reason, remedy) => {
    expect(await findAdapter('high-performance', around)).toMatchObject({
      available: false,
      reason: expect.stringContaining(reason),
      remedy: expect.stringContaining(remedy),
    })
  })
})

it.each([
  [{}, 'unknown GPU'],
  [{ vendor: 'nvidia', architecture: 'hopper' }, 'nvidia hopper'],
  [{ vendor: 'google', description: 'SwiftShader' }, 'SwiftShader (google)'],
])('names an adapter by what the browser says: %j', (info, name) => {
  const nothing = { vendor: '', architecture: '', device: '', description: '' }
  expect(nameOf({ ...nothing, ...info })).toBe(name)
})

/** A process of its own that asks the built package, after `before` has run. */
function ask(entry: string, env: NodeJS.ProcessEnv = {}, before = '') {
  const code = `${before}
    const { webgpu } = await import(${JSON.stringify(entry)})
    const outcome = await webgpu().available()
    const thrown = await webgpu().activate().then(({ device }) => ({ device }), ({ code, message }) => ({ code, message }))
    console.log(JSON.stringify({ outcome, thrown, globals: 'GPUBuffer' in globalThis }))`
  const { LD_LIBRARY_PATH: _, VK_ICD_FILENAMES: __, VK_DRIVER_FILES: ___, ...rest } = process.env
  const args = ['--input-type=module', '--eval', code]
  const { stdout, status } = spawnSync('node', args, { env: { ...rest, ...env }, encoding: 'utf8' })
  return { status, ...JSON.parse(stdout) }
}

const missing = (reason: string, remedy: string) => ({
  status: 0,
  outcome: {
    available: false,
    reason: expect.stringContaining(reason),
    remedy: expect.stringContaining(remedy),
  },
  // never another backend in its place
  thrown: { code: 'backend/unavailable', message: expect.stringContaining(reason) },
  globals: false,
})

const driver = swiftShader()

describe.skipIf(process.platform !== 'linux')('in Node, it is said what is missing', () => {
  const entry = here('../dist/index.js')

  it('Vulkan', () => {
    const without = `const { dlopen } = process
    process.dlopen = (module, file, ...rest) => {
      if (file === 'libvulkan.so.1') throw new Error(file + ': cannot open shared object file: No such file')
      dlopen(module, file, ...rest)
    }`
    expect(ask(entry, {}, without)).toEqual(
      missing('there is no Vulkan', 'apt install libvulkan1 mesa-vulkan-drivers); without a GPU'),
    )
  })

  it.skipIf(typeof driver === 'string').each([
    [
      'a driver',
      { VK_LOADER_DRIVERS_DISABLE: '*' },
      'and VK_ICD_FILENAMES names none',
      "the GPU's driver",
    ],
    [
      'the driver that is named',
      { VK_ICD_FILENAMES: '/nowhere.json' },
      'VK_ICD_FILENAMES names /nowhere.json, which is not there',
      'Name the JSON file',
    ],
    [
      'a driver that Dawn accepts',
      { VK_DRIVER_FILES: here('../package.json') },
      'does not accept the Vulkan driver that VK_DRIVER_FILES names (/',
      'Dawn says on stderr',
    ],
  ])('%s', (_, named, reason, remedy) => {
    const { LD_LIBRARY_PATH } = driver as { LD_LIBRARY_PATH: string }
    const found = ask(entry, { LD_LIBRARY_PATH, ...named })
    expect(found).toEqual(missing(reason, remedy))
    expect(found.outcome.remedy).toContain('README of @kshot/backend-webgpu')
  })

  it.skipIf(typeof driver === 'string')('nothing; and the process ends', () => {
    expect(ask(entry, driver as NodeJS.ProcessEnv)).toEqual({
      status: 0,
      outcome: { available: true },
      thrown: { device: expect.stringContaining('SwiftShader') },
      globals: true,
    })
  })

  describe('the package webgpu', () => {
    const app = mkdtempSync(join(tmpdir(), 'kshot-no-webgpu-'))
    const modules = join(app, 'node_modules')
    const own = join(modules, '@kshot/backend-webgpu')
    beforeAll(() => {
      mkdirSync(own, { recursive: true })
      cpSync(here('../dist'), join(own, 'dist'), { recursive: true })
      writeFileSync(join(own, 'package.json'), '{ "type": "module" }')
      symlinkSync(here('../node_modules/@kshot/core'), join(modules, '@kshot/core'))
      symlinkSync(here('../node_modules/@tensorflow'), join(modules, '@tensorflow'))
    })
    afterAll(() => rmSync(app, { recursive: true, force: true }))

    it('is not installed', () => {
      const found = ask(join(own, 'dist/index.js'))
      expect(found).toEqual(missing("the package 'webgpu'", 'npm install webgpu'))
    })

    it('has no build for this system', () => {
      const path = join(modules, 'webgpu')
      mkdirSync(path)
      writeFileSync(join(path, 'package.json'), '{ "type": "module", "main": "index.js" }')
      const code = "import { createRequire } from 'node:module'"
      const load = "createRequire(import.meta.url)('./dist/linux-none/dawn.node')"
      writeFileSync(join(path, 'index.js'), `${code}\n${load}`)
      const found = ask(join(own, 'dist/index.js'))
      expect(found).toEqual(missing('does not load on linux on', 'that has a build for this'))
    })
  })
})
