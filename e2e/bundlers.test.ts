import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchChromium } from './chromium'
import { install, pack } from './packed'

const names = ['core', 'episodes', 'glyphs', 'omniglot', 'emoji']
const app = mkdtempSync(join(tmpdir(), 'kshot-bundlers-'))
const browser = await launchChromium()

const page = `
import { emoji } from '@kshot/emoji'
import { glyphs } from '@kshot/glyphs'
import { omniglot } from '@kshot/omniglot'
Promise.all([glyphs(), omniglot({ split: 'vinyals', rotations: 'none' }), emoji()]).then(
  (all) => { document.title = all.map(({ test }) => test.classes.length).join() },
  (error) => { document.title = 'failed: ' + error.message },
)
`
/** Classes to test on: glyphs, Omniglot, emoji. */
const EXPECTED = '99,423,210'

describe.skipIf(typeof browser === 'string')('data in a page (needs Chromium)', () => {
  beforeAll(() => {
    const tarballs = pack(
      names.map((name) => `packages/${name}`),
      join(app, 'tarballs'),
    )
    const bundlers = ['vite@8', 'vite7@npm:vite@7', 'webpack@5', '@tensorflow/tfjs-core@4.22.0']
    install(app, [...tarballs, ...bundlers])
    writeFileSync(join(app, 'page.js'), page)
    writeFileSync(
      join(app, 'index.html'),
      '<!doctype html><script type="module" src="/page.js"></script>',
    )
  }, 300_000)
  afterAll(async () => {
    await (browser as Browser).close()
    rmSync(app, { recursive: true, force: true })
  })

  it.each(['vite', 'vite7'])(
    'is found by the dev server of %s',
    { timeout: 180_000 },
    async (name) => {
      const vite = await importVite(name)
      const server = await vite.createServer({
        ...settings,
        server: { port: 0, host: '127.0.0.1' },
      })
      await server.listen()
      expect(await titleOf(server.resolvedUrls!.local[0]!)).toBe(EXPECTED)
      await server.close()
    },
  )

  it.each(['vite', 'vite7'])(
    'is found in what %s has built',
    { timeout: 180_000 },
    async (name) => {
      const vite = await importVite(name)
      const outDir = join(app, `built-${name}`)
      await vite.build({ ...settings, build: { outDir } })
      expect(await titleOfFolder(outDir)).toBe(EXPECTED)
    },
  )

  it('is found in what webpack has built', { timeout: 180_000 }, async () => {
    const { default: webpack } = await import(resolved('webpack'))
    const output = { path: join(app, 'built-webpack'), filename: 'page.js' }
    const options = { mode: 'production', context: app, entry: './page.js', output }
    await new Promise<void>((done, fail) => {
      webpack(
        options,
        (error: Error | null, stats: { hasErrors(): boolean; toString(): string }) =>
          error || stats.hasErrors() ? fail(error ?? new Error(stats.toString())) : done(),
      )
    })
    writeFileSync(join(output.path, 'index.html'), readFileSync(join(app, 'index.html')))
    expect(await titleOfFolder(output.path)).toBe(EXPECTED)
  })
})

const settings = { root: app, configFile: false, logLevel: 'error' } as const

interface Vite {
  createServer(options: object): Promise<{
    listen(): Promise<unknown>
    close(): Promise<void>
    readonly resolvedUrls: { readonly local: readonly string[] } | null
  }>
  build(options: object): Promise<unknown>
}

function importVite(name: string): Promise<Vite> {
  const entry = join(app, 'node_modules', name, 'dist/node/index.js')
  return import(/* @vite-ignore */ pathToFileURL(entry).href)
}

function resolved(name: string): string {
  return pathToFileURL(createRequire(join(app, 'package.json')).resolve(name)).href
}

let tab: Page | undefined

/** What a page writes into its title once it is done. */
async function titleOf(url: string): Promise<string> {
  // One tab for all: a Chromium of one process ends with its last tab.
  tab ??= await (browser as Browser).newPage()
  await tab.goto(url)
  await tab.waitForFunction('document.title !== ""', undefined, { timeout: 120_000 })
  return tab.title()
}

async function titleOfFolder(folder: string): Promise<string> {
  const server = await serve(folder)
  const title = await titleOf(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  server.close()
  return title
}

async function serve(folder: string): Promise<Server> {
  const types: { [ending: string]: string } = { html: 'text/html', js: 'text/javascript' }
  const server = createServer(({ url }, response) => {
    const path = url === '/' ? '/index.html' : new URL(url!, 'http://localhost').pathname
    try {
      const bytes = readFileSync(join(folder, path))
      response.setHeader(
        'content-type',
        types[path.split('.').at(-1)!] ?? 'application/octet-stream',
      )
      response.end(bytes)
    } catch {
      response.writeHead(404).end()
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}
