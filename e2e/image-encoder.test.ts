import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest'
import { cosine, embeddings } from '../packages/image-encoder/src/reference.testing'
import { launchChromium } from './chromium'
import { install, pack, root } from './packed'

const sharp = createRequire(`${root}packages/image-encoder/package.json`)('sharp')
const photos = `${root}packages/image-encoder/test-data/photos/`
/** PyTorch's embedding of the photo of a cat. */
const cat = embeddings.photos[3]!

/** What `image-encoder/page.mjs` offers. */
declare const kshot: {
  forms(): Promise<{ rows: number[][]; backend: string; progress: number[] }>
  video(): Promise<number[][]>
  files(names: string[]): Promise<number[][]>
  elements(names: string[]): Promise<number[][]>
  bad(): Promise<{ codes: string[]; left: number }>
  worker(): Promise<number[][] | string>
}

const app = mkdtempSync(join(tmpdir(), 'kshot-photos-'))
const files = join(app, 'files')
let server: Server
let site: string

beforeAll(async () => {
  const tarballs = pack(
    ['packages/core', 'packages/backend-wasm', 'packages/image-encoder'],
    join(app, 'packed'),
  )
  const tfjs = ['core', 'backend-cpu', 'backend-wasm'].map(
    (name) => `@tensorflow/tfjs-${name}@4.22.0`,
  )
  install(app, [...tarballs, ...tfjs, 'vite@7.3.8', 'webpack@5.113.0'])
  cpSync(`${root}e2e/image-encoder`, app, { recursive: true })
  await pictures()
  server = await serve()
  site = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}, 600_000)
afterAll(() => {
  server?.close()
  rmSync(app, { recursive: true, force: true })
})

describe.each([
  ['Vite', ['node_modules/vite/bin/vite.js', 'build'], 'vite/index.html'],
  ['webpack', ['webpack.mjs'], 'webpack/index.html'],
])('a page built by %s, offline', (bundler, build, address) => {
  it('encodes what a page has, also in a worker', { timeout: 300_000 }, async (context) => {
    execFileSync('node', build, { cwd: app, stdio: ['ignore', 'ignore', 'pipe'] })
    if (bundler === 'webpack') writeFileSync(join(app, address), webpackPage)
    await inChromium(context, address, async (page) => {
      const { rows, backend, progress } = await page.evaluate(() => kshot.forms())
      expect(rows.map((row) => cosine(row, cat) > 0.9999)).toEqual(rows.map(() => true))
      expect(rows).toHaveLength(8)
      expect(backend).toBe('cpu')
      expect(progress.at(-1)).toBeGreaterThan(6_000_000)
      const inWorker = await page.evaluate(() => kshot.worker())
      expect(inWorker).toHaveLength(3)
      for (const row of inWorker as number[][]) expect(cosine(row, cat)).toBeGreaterThan(0.9999)
      if (bundler === 'Vite') await pictureChecks(page)
    })
  })
})

async function pictureChecks(page: Page) {
  // a video is compressed
  const [frame] = await page.evaluate(() => kshot.video())
  expect(cosine(frame!, cat)).toBeGreaterThan(0.9)
  const names = ['turned.jpg', 'upright.jpg', 'large.jpg', 'clear.png', 'white.png']
  for (const rows of [
    await page.evaluate((list) => kshot.files(list), names),
    await page.evaluate((list) => kshot.elements(list), names),
  ]) {
    const [turned, upright, large, clear, white] = rows as [number[], ...number[][]]
    expect(cosine(turned, upright!)).toBeGreaterThan(0.98)
    expect(cosine(large!, cat)).toBeGreaterThan(0.9)
    expect(clear).toEqual(white)
  }
  const { codes, left } = await page.evaluate(() => kshot.bad())
  expect(codes.slice(0, 6)).toEqual(Array(6).fill('image-encoder/bad-picture'))
  expect(codes.slice(6)).toEqual(Array(2).fill('image-encoder/unknown-input'))
  expect(left).toBe(0)
}

/** Opens a page that reaches this machine only, or skips where there is no browser. */
async function inChromium(context: TestContext, address: string, f: (page: Page) => Promise<void>) {
  const browser = await launchChromium(['--host-resolver-rules=MAP * 127.0.0.1'])
  if (typeof browser === 'string') return context.skip(`no Chromium: ${browser}`)
  try {
    const page = await browser.newPage()
    const faults: string[] = []
    page.on('pageerror', (error) => faults.push(error.message))
    await page.goto(`${site}/${address}`)
    await page.waitForFunction(() => 'kshot' in globalThis)
    await f(page)
    expect(faults).toEqual([])
  } finally {
    await browser.close()
  }
}

async function pictures() {
  mkdirSync(files)
  cpSync(`${photos}cat.png`, join(files, 'cat.png'))
  const upright = sharp(`${photos}cat.png`).resize(300, 224)
  const high = { quality: 95 }
  await upright.clone().jpeg(high).toFile(join(files, 'upright.jpg'))
  const turned = await upright.clone().rotate(270).toBuffer()
  const orientation = { orientation: 6 }
  await sharp(turned).withMetadata(orientation).jpeg(high).toFile(join(files, 'turned.jpg'))
  const large = sharp(`${photos}cat.png`).resize(2400, null, { kernel: 'cubic' })
  await large.jpeg(high).toFile(join(files, 'large.jpg'))
  const plain = (channels: number, background: string) =>
    sharp({ create: { width: 60, height: 40, channels, background } }).png()
  await plain(4, '#0000').toFile(join(files, 'clear.png'))
  await plain(3, '#fff').toFile(join(files, 'white.png'))
  writeFileSync(join(files, 'text.png'), 'this is no picture')
}

const webpackPage =
  '<!doctype html><img id="photo" src="/files/cat.png" alt="a cat"><script defer src="page.js"></script>'

const types: { readonly [extension: string]: string } = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
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
