import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Embedding, reference } from '../packages/text-encoder/src/testing'
import { launchChromium } from './chromium'
import { install, pack, root } from './packed'

/** Rows of both encoders. */
type Rows = readonly [universal: number[][], fixed: number[][]]

/** What `text-encoder/page.mjs` offers. */
declare const kshot: {
  here(texts: string[]): Promise<{ rows: Rows; progress: number[]; backend: string }>
  worker(texts: string[]): Promise<Rows | string>
}

const known = reference<Embedding[]>('embeddings')
  .filter(([text]) => text.length > 20)
  .slice(-6)
const texts = known.map(([text]) => text)

const app = mkdtempSync(join(tmpdir(), 'kshot-texts-'))
let server: Server
let site: string

beforeAll(async () => {
  const folders = ['packages/core', 'packages/backend-wasm', 'packages/text-encoder']
  const tfjs = ['core', 'backend-cpu', 'backend-wasm'].map(
    (name) => `@tensorflow/tfjs-${name}@4.22.0`,
  )
  const bundlers = ['vite@7.3.8', 'webpack@5.113.0']
  install(app, [...pack(folders, join(app, 'packed')), ...tfjs, ...bundlers])
  cpSync(`${root}e2e/text-encoder`, app, { recursive: true })
  server = await serve()
  site = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}, 600_000)
afterAll(() => {
  server?.close()
  rmSync(app, { recursive: true, force: true })
})

it('encodes in Node, from the installed package', { timeout: 120_000 }, () => {
  const output = execFileSync('node', ['node.mjs', JSON.stringify(texts)], { cwd: app })
  expectRight(JSON.parse(output.toString()))
})

describe.each([
  ['Vite', ['node_modules/vite/bin/vite.js', 'build'], 'vite/index.html'],
  ['webpack', ['webpack.mjs'], 'webpack/index.html'],
])('a page built by %s, offline', (bundler, build, address) => {
  it('encodes texts, also in a worker', { timeout: 300_000 }, async (context) => {
    execFileSync('node', build, { cwd: app, stdio: ['ignore', 'ignore', 'pipe'] })
    if (bundler === 'webpack') writeFileSync(join(app, address), webpackPage)
    const browser = await launchChromium(['--host-resolver-rules=MAP * 127.0.0.1'])
    if (typeof browser === 'string') return context.skip(`no Chromium: ${browser}`)
    try {
      const page = await browser.newPage()
      await page.goto(`${site}/${address}`)
      await page.waitForFunction(() => 'kshot' in globalThis)
      const { rows, progress, backend } = await page.evaluate((list) => kshot.here(list), texts)
      expectRight(rows)
      expect(backend).toBe('cpu')
      expect(progress.at(-1)).toBeGreaterThan(14_000_000)
      expectRight(await page.evaluate((list) => kshot.worker(list), texts))
    } finally {
      await browser.close()
    }
  })
})

function expectRight(rows: Rows | string): void {
  const [universal, fixed] = rows as Rows
  expect(universal).toHaveLength(texts.length)
  for (const [i, row] of universal.entries()) expect(dot(row, known[i]![1])).toBeGreaterThan(0.9999)
  expect(fixed.map(({ length }) => length)).toEqual(texts.map(() => 256))
  for (const row of fixed) expect(dot(row, row)).toBeCloseTo(1, 4)
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, k) => sum + value * b[k]!, 0)
}

/** It does not say its encoding. */
const webpackPage = '<!doctype html><script defer src="page.js"></script>'

const types: { readonly [extension: string]: string } = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.wasm': 'application/wasm',
}

/** Serves the folder of the app on the loopback address; Vite's page asks for its files at the root. */
async function serve(): Promise<Server> {
  const server = createServer(({ url }, response) => {
    const path = url!.replace(/^\/wasm\//, '/node_modules/@tensorflow/tfjs-backend-wasm/dist/')
    try {
      const body = readFileSync(join(app, path.startsWith('/assets/') ? `/vite${path}` : path))
      response.setHeader('content-type', types[extname(path)] ?? 'application/octet-stream')
      response.end(body)
    } catch {
      response.writeHead(404).end()
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}
