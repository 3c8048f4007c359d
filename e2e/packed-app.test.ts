import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { relativeError } from '@kshot/testkit'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchChromium } from './chromium'
import { install, pack, root } from './packed'

const packages = ['core', 'episodes', 'protonet', 'backend-wasm', 'glyphs']

interface Outcome {
  truth: string[]
  before: string[]
  after: string[]
  own: { backend: string; values: number[] }[]
  training: { kernels: string; slope: number[]; curved: number[] }
}

describe('an app outside the workspace, with the packed packages', () => {
  const app = mkdtempSync(join(tmpdir(), 'kshot-app-'))
  beforeAll(() => {
    const folders = packages.map((name) => `packages/${name}`)
    install(app, ['@tensorflow/tfjs@4.22.0', ...pack(folders, join(app, 'tarballs'))])
    cpSync(join(root, 'e2e/app'), app, { recursive: true })
  }, 300_000)
  afterAll(() => rmSync(app, { recursive: true, force: true }))

  let inNode: Outcome

  it('recognises characters in Node, and its own TensorFlow.js stays as it was', () => {
    inNode = JSON.parse(execFileSync('node', ['node.mjs'], { cwd: app, encoding: 'utf8' }))
    expectGood(inNode)
  })

  it('does the same as a browser bundle in Chromium', { timeout: 120_000 }, async (context) => {
    const browser = await launchChromium()
    if (typeof browser === 'string') return context.skip(`no Chromium: ${browser}`)
    await bundle(app, 'browser.mjs', 'bundle.js')
    const server = await serve(app)
    try {
      const page = await browser.newPage()
      const faults: string[] = []
      page.on('pageerror', (error) => faults.push(error.message))
      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
      const outcome = await page.evaluate(() => (globalThis as never as { result: Outcome }).result)
      expect(faults).toEqual([])
      expectGood(outcome)
      expectSameTraining(outcome.training, inNode.training)
    } finally {
      await browser.close()
      server.close()
    }
  })

  it('adds little to a bundle', async () => {
    const whole = gzipSync(await bundle(app, 'browser.mjs', 'bundle.js')).length
    const ours = gzipSync(await bundle(app, 'kshot.mjs', 'ours.js', ['@tensorflow/*'])).length
    console.info(`bundle, gzipped: ${kB(whole)} with TensorFlow.js, of which kshot ${kB(ours)}`)
    expect(ours).toBeLessThan(40_000)
  })
})

function expectGood({ truth, before, after, own }: Outcome) {
  const right = before.filter((label, i) => label === truth[i]).length
  expect(right / truth.length).toBeGreaterThanOrEqual(0.8)
  expect(after).toEqual(before)
  const [then, now] = own
  expect(then!.backend).toBe('cpu')
  expect(now!.backend).toBe('cpu')
  // no tolerance: kshot's gradients may replace TensorFlow.js' own, first-order results may not move
  expect(now!.values).toEqual(then!.values)
}

/** Our kernels train alike in both; one may multiply and add at once. */
function expectSameTraining(here: Outcome['training'], there: Outcome['training']) {
  expect(here.kernels).toMatch(/^kshot-simd/)
  expect(there.kernels).toMatch(/^kshot-simd/)
  expect(relativeError(here.slope, there.slope)).toBeLessThan(1e-3)
  expect(relativeError(here.curved, there.curved)).toBeLessThan(1e-2)
  // numbers that move, and second derivatives that are not the first
  expect(Math.max(...there.slope.map(Math.abs))).toBeGreaterThan(1e-3)
  expect(relativeError(there.curved, there.slope)).toBeGreaterThan(0.1)
}

async function bundle(app: string, entry: string, outfile: string, external: string[] = []) {
  const options = { bundle: true, minify: true, format: 'esm', platform: 'browser' } as const
  const file = join(app, outfile)
  await build({
    ...options,
    entryPoints: [join(app, entry)],
    outfile: file,
    external,
    logLevel: 'error',
  })
  return readFileSync(file)
}

/** Serves the bundle, and what it fetches, on the loopback address. */
async function serve(app: string): Promise<Server> {
  const modules = join(app, 'node_modules')
  const wasmFile = (name: string) => join(modules, '@tensorflow/tfjs-backend-wasm/dist', name)
  const glyphs = join(modules, '@kshot/glyphs')
  const types: Record<string, string> = { js: 'text/javascript', wasm: 'application/wasm' }
  const server = createServer((request, response) => {
    const name = request.url!.slice(1)
    if (name === '') {
      response.setHeader('content-type', 'text/html')
      return response.end('<!doctype html><script type="module" src="/bundle.js"></script>')
    }
    const file = name.endsWith('.wasm')
      ? wasmFile(name)
      : name === 'bundle.js'
        ? join(app, name)
        : join(glyphs, 'data', name)
    response.setHeader('content-type', types[name.split('.').at(-1)!] ?? 'application/octet-stream')
    response.end(readFileSync(file))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}

function kB(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`
}
