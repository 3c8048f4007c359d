import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { DoctorReport } from '../src/doctor/report'
import { type Ended, start } from './kshot'

const folder = mkdtempSync(join(tmpdir(), 'kshot-doctor-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A machine on which nothing native was installed. */
const bare = { XDG_CACHE_HOME: join(folder, 'no-cache') }
const kshot = (args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> =>
  start(args, { ...bare, ...env }).ended

async function report(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const { code, stdout } = await kshot(['doctor', '--json', ...args], env)
  expect(code).toBe(0)
  return JSON.parse(stdout) as DoctorReport
}

/** A module that is loaded before anything else, in each process. */
function preload(name: string, code: string): NodeJS.ProcessEnv {
  const path = join(folder, name)
  writeFileSync(path, code)
  return { NODE_OPTIONS: `--require ${path}` }
}

describe('kshot doctor', () => {
  it('says what the machine and its backends are, as one document', async () => {
    const { machine, node, backends, auto, data, speed } = await report(['--no-speed'])
    expect(node).toMatchObject({ version: process.versions.node, ok: true })
    expect(machine).toMatchObject({ cores: expect.any(Number), simd: true, fma: true })
    expect(machine.memoryBytes).toBeGreaterThan(machine.freeMemoryBytes)
    const found = Object.fromEntries(backends.map((backend) => [backend.name, backend]))
    expect(found.wasm).toMatchObject({ available: true, kernels: 'kshot-simd-fma', threads: 1 })
    expect(found.wasm).not.toHaveProperty('imagesPerSecond')
    expect(found.cpu).toMatchObject({ available: true })
    expect(found.node).toMatchObject({
      available: false,
      remedy: expect.stringContaining('npx kshot native install'),
    })
    expect(auto).toMatchObject({ backend: 'wasm', because: expect.stringContaining('node is not') })
    expect(speed).toBeNull()
    expect(data.map(({ name }) => name)).toEqual(expect.arrayContaining(['glyphs', 'omniglot']))
  })

  it('measures a backend', async () => {
    const { backends, speed, auto } = await report(['--backend', 'wasm', '--seconds', '0.2'])
    expect(backends).toHaveLength(1)
    expect(backends[0]).toMatchObject({ imagesPerSecond: expect.any(Number) })
    expect((backends[0] as { imagesPerSecond: number }).imagesPerSecond).toBeGreaterThan(1)
    expect(speed).toContain('ProtoNet')
    expect(auto).toBeNull()
  })

  it('is a table for people', async () => {
    const { stdout, stderr } = await kshot(['doctor', '--no-speed'])
    expect(stderr).toBe('')
    expect(stdout).toMatch(/^ {2}yes {2}wasm +kshot-simd-fma, 1 thread$/m)
    expect(stdout).toMatch(/^ {2}no {3}node-gpu +\S/m)
    expect(stdout).toMatch(/^ {2}auto chooses wasm: node is not available/m)
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100)
  })

  it('goes on where a backend ends its process', async () => {
    const env = preload(
      'kill.cjs',
      `const { argv } = process
      if (argv[1].endsWith('probe.js') && argv[2] === 'node') process.kill(process.pid, 'SIGILL')`,
    )
    const { backends } = await report(['--no-speed'], env)
    const found = Object.fromEntries(backends.map((backend) => [backend.name, backend]))
    expect(found.node).toMatchObject({
      available: false,
      reason: expect.stringContaining('SIGILL'),
    })
    expect(found.wasm).toMatchObject({ available: true })
  })
})

describe('what is missing is said', () => {
  const withPeer = (name: string) => {
    const modules = join(folder, name)
    mkdirSync(join(modules, '@tensorflow/tfjs-node/lib'), { recursive: true })
    const json = JSON.stringify({ name: '@tensorflow/tfjs-node', version: '4.22.0' })
    writeFileSync(join(modules, '@tensorflow/tfjs-node/package.json'), json)
    return { NODE_PATH: modules }
  }
  const run = (backend: string, env: NodeJS.ProcessEnv = {}) =>
    kshot(['run', 'protonet-glyphs-5w1s', '--backend', backend, '--out', join(folder, 'x')], env)

  it('a library and a package that are not there', async () => {
    const { code, stdout, stderr } = await run('node')
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' })
    expect(stderr).toContain('backend/unavailable')
    expect(stderr).toContain('neither')
    expect(stderr).toContain('@tensorflow/tfjs-node')
    expect(stderr).toContain("'npx kshot native install'")
  })

  it('a binding that was not built', async () => {
    const { code, stderr } = await run('node', withPeer('unbuilt'))
    expect(code).toBe(3)
    expect(stderr).toContain('@tensorflow/tfjs-node is installed')
    expect(stderr).toContain('its native binding was not built')
    expect(stderr).toContain("'npx kshot native install'")
  })

  it('a binding that does not load', async () => {
    const env = withPeer('broken')
    const lib = join(env.NODE_PATH, '@tensorflow/tfjs-node/lib/napi-v8')
    mkdirSync(lib)
    writeFileSync(join(lib, 'tfjs_binding.node'), 'no library')
    const { code, stderr } = await run('node', env)
    expect(code).toBe(3)
    expect(stderr).toContain('its native binding does not load')
  })

  it('the library for CUDA', async () => {
    const { code, stderr } = await run('node-gpu')
    expect(code).toBe(3)
    expect(stderr).toContain('@tensorflow/tfjs-node-gpu')
    expect(stderr).toContain("'npx kshot native install --cuda'")
  })

  it('a Node that is new enough', async () => {
    const versions = (node: string) =>
      preload(
        `node-${node}.cjs`,
        `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${node}' } })`,
      )
    const old = await kshot(['run', 'protonet-glyphs-5w1s'], versions('20.18.3'))
    expect(old).toMatchObject({ code: 2, stdout: '' })
    expect(old.stderr).toContain('usage/node-version')
    expect(old.stderr).toContain('20.18.3')
    expect(old.stderr).toContain('20.19 or newer')
    expect(await kshot(['ls', 'backends'], versions('20.19.0'))).toMatchObject({ code: 0 })
    expect(await kshot(['ls', 'backends'], versions('25.0.0'))).toMatchObject({ code: 0 })
  })
})
