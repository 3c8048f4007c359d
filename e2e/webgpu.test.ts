import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { relativeError } from '@kshot/testkit'
import { build } from 'esbuild'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest'
import { launchChromium } from './chromium'

const root = fileURLToPath(new URL('../', import.meta.url))
const PAGE = '<!doctype html><script type="module" src="/bundle.js"></script>'

// Chromium's own driver that computes on the processor, which it offers to WebGPU when asked
const SWIFTSHADER = ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader']
// a name of this machine that is none of those for which any page is a secure context
const OTHER_NAME = ['--host-resolver-rules=MAP kshot.example 127.0.0.1']

interface Outcome {
  readonly info: { readonly device: string; readonly kernels: string }
  readonly results: { readonly [name: string]: number[] }
  readonly leaked: number
}

/** What `webgpu/page.mjs` offers. */
declare const kshot: {
  onCpu(): Promise<Outcome>
  onWebGPU(options?: { kernels?: string; wanted?: string[] }): Promise<Outcome>
  besideCpu(): Promise<{ confidences: number[]; active: string }[]>
  readAtOnce(): Promise<number[] | string>
  missing(): Promise<unknown>
}

/** The bundle of an app with the backend, on the loopback address. */
async function serve(): Promise<Server> {
  const { outputFiles } = await build({
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    write: false,
    entryPoints: [`${root}e2e/webgpu/page.mjs`],
    conditions: ['@kshot/source'],
    // an app that depends on every package
    nodePaths: [`${root}apps/bench/node_modules`],
    logLevel: 'error',
  })
  const server = createServer(({ url }, response) => {
    const script = url === '/bundle.js'
    response.setHeader('content-type', script ? 'text/javascript' : 'text/html')
    response.end(script ? outputFiles[0]!.contents : PAGE)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}

describe('a page in Chromium', () => {
  let server: Server
  beforeAll(async () => {
    server = await serve()
  })
  afterAll(() => server.close())

  const open = async (browser: Browser, host = '127.0.0.1'): Promise<Page> => {
    const page = await browser.newPage()
    await page.goto(`http://${host}:${(server.address() as AddressInfo).port}/`)
    return page
  }

  /** Runs `f` in a browser, or skips where there is none. */
  const inChromium = async (
    flags: readonly string[],
    context: TestContext,
    f: (browser: Browser) => Promise<void>,
  ) => {
    const browser = await launchChromium(flags)
    if (typeof browser === 'string') return context.skip(`no Chromium: ${browser}`)
    await f(browser).finally(() => browser.close())
  }

  it('trains and takes meta-gradients of second order with WebGPU', (context) =>
    inChromium(SWIFTSHADER, context, async (browser) => {
      const page = await open(browser)
      const cpu = await page.evaluate(() => kshot.onCpu())
      const { protonet, secondOrder, firstOrder } = cpu.results
      // numbers that are no triviality: losses that move, second derivatives that count
      expect(new Set(protonet).size).toBe(5)
      expect(relativeError(firstOrder!, secondOrder!)).toBeGreaterThan(0.1)

      const software = await page.evaluate(() => kshot.onWebGPU())
      expect(software.info).toMatchObject({ kernels: 'kshot-webgpu-software' })
      expect(software.info.device).toContain('swiftshader')
      expectAlike(software, cpu)

      const some = { kernels: 'hardware', wanted: ['protonet', 'secondOrder'] }
      const hardware = await page.evaluate((options) => kshot.onWebGPU(options), some)
      expect(hardware.info).toMatchObject({ kernels: 'kshot-webgpu-hardware' })
      expectAlike(hardware, cpu)
      expect(Object.keys(hardware.results)).toHaveLength(2)

      const [own, other] = await page.evaluate(() => kshot.besideCpu())
      expect(other!.active).toBe('cpu')
      expect(relativeError(other!.confidences, own!.confidences)).toBeLessThan(1e-3)
      // headless Chromium's canvas shows nothing of SwiftShader: an error, and not zeros
      const read = await page.evaluate(() => kshot.readAtOnce())
      expect([[0, 2, 3], 'webgpu/sync-read']).toContainEqual(read)
    }))

  it('is told what is missing for it', (context) =>
    inChromium(OTHER_NAME, context, async (browser) => {
      const missing = async (page: Page) => page.evaluate(() => kshot.missing())
      expect(await missing(await open(browser))).toEqual(
        said('provides no adapter', 'chrome://gpu'),
      )
      const insecure = await open(browser, 'kshot.example')
      expect(await missing(insecure)).toEqual(said('is not a secure context', 'over https'))
      const old = await browser.newPage()
      await old.addInitScript('delete Navigator.prototype.gpu')
      await old.goto((await open(browser)).url())
      expect(await missing(old)).toEqual(said('this browser has no WebGPU', 'the wasm backend'))
    }))
})

function expectAlike(actual: Outcome, expected: Outcome) {
  for (const [name, numbers] of Object.entries(actual.results)) {
    expect(relativeError(numbers, expected.results[name]!), name).toBeLessThan(1e-3)
  }
  expect(actual.leaked).toBe(0)
}

/** Said when asked and when activated; nothing else is activated in its place. */
const said = (reason: string, remedy: string) => ({
  found: {
    available: false,
    reason: expect.stringContaining(reason),
    remedy: expect.stringContaining(remedy),
  },
  thrown: { code: 'backend/unavailable', message: expect.stringContaining(reason) },
})
