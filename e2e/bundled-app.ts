import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import type { Page } from 'playwright-core'
import { expect, type TestContext } from 'vitest'
import { launchChromium } from './chromium'
import { install, pack, root } from './packed'

/** An app outside the workspace with one packed encoder, its page built by Vite and by webpack. */
export interface BundledApp {
  readonly folder: string
  /** Builds the page, and runs `f` in a Chromium that reaches this machine only; skips where there is none. */
  onPage(bundler: Bundler, context: TestContext, f: (page: Page) => Promise<void>): Promise<void>
  dispose(): void
}

export type Bundler = 'Vite' | 'webpack'

const build = {
  Vite: ['node_modules/vite/bin/vite.js', 'build'],
  webpack: ['webpack.mjs'],
} as const

/**
 * @param name of the package, and of the folder of `e2e` with the page
 * @param body of webpack's page, before its script
 */
export async function bundledApp(name: string, body: string): Promise<BundledApp> {
  const folder = mkdtempSync(join(tmpdir(), `kshot-${name}-`))
  const folders = ['packages/core', 'packages/backend-wasm', `packages/${name}`]
  const tfjs = ['core', 'backend-cpu', 'backend-wasm'].map(
    (part) => `@tensorflow/tfjs-${part}@4.22.0`,
  )
  const bundlers = ['vite@7.3.8', 'webpack@5.113.0']
  install(folder, [...pack(folders, join(folder, 'packed')), ...tfjs, ...bundlers])
  for (const part of ['bundled', name]) cpSync(`${root}e2e/${part}`, folder, { recursive: true })
  const server = await serve(folder)
  const site = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    folder,
    async onPage(bundler, context, f) {
      execFileSync('node', build[bundler], { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] })
      // It does not say its encoding.
      const page = `<!doctype html>${body}<script defer src="page.js"></script>`
      if (bundler === 'webpack') writeFileSync(join(folder, 'webpack/index.html'), page)
      await inChromium(context, `${site}/${bundler.toLowerCase()}/index.html`, f)
    },
    dispose() {
      server.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function inChromium(context: TestContext, address: string, f: (page: Page) => Promise<void>) {
  const browser = await launchChromium(['--host-resolver-rules=MAP * 127.0.0.1'])
  if (typeof browser === 'string') return context.skip(`no Chromium: ${browser}`)
  try {
    const page = await browser.newPage()
    const faults: string[] = []
    page.on('pageerror', (error) => faults.push(error.message))
    await page.goto(address)
    await page.waitForFunction(() => 'kshot' in globalThis)
    await f(page)
    expect(faults).toEqual([])
  } finally {
    await browser.close()
  }
}

const types: { readonly [extension: string]: string } = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.wasm': 'application/wasm',
}

/** Serves the folder of the app on the loopback address; Vite's page asks for its files at the root. */
async function serve(folder: string): Promise<Server> {
  const server = createServer(({ url }, response) => {
    const path = url!.replace(/^\/wasm\//, '/node_modules/@tensorflow/tfjs-backend-wasm/dist/')
    try {
      const body = readFileSync(join(folder, path.startsWith('/assets/') ? `/vite${path}` : path))
      response.setHeader('content-type', types[extname(path)] ?? 'application/octet-stream')
      response.end(body)
    } catch {
      response.writeHead(404).end()
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}
