import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { isKshotError } from './errors'
import { readPackageFile } from './package-file'

const folder = mkdtempSync(join(tmpdir(), 'kshot-package-file-'))
const path = join(folder, 'some.bin')
const bytes = Uint8Array.from({ length: 100_000 }, (_, i) => i % 251)
writeFileSync(path, bytes)

let server: Server
let site: string
beforeAll(async () => {
  server = createServer(({ url }, response) => {
    if (url === '/node_modules/@kshot/some/data/some.bin') return response.end(bytes)
    if (url === '/missing.bin') return response.writeHead(404).end()
    // as Vite and many other servers answer whatever they don't know
    response.setHeader('content-type', 'text/html; charset=utf-8')
    response.end('<!doctype html>')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  site = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.close()
  rmSync(folder, { recursive: true, force: true })
})

const own = (url: string | URL = pathToFileURL(path)) => ({
  package: '@kshot/some',
  file: 'some.bin',
  url: new URL(url),
})
const hosted = () => `${site}/node_modules/@kshot/some/data/some.bin`

test('its own file, a path, a URL as either, bytes and a buffer give the same bytes', async () => {
  const sources = [undefined, path, pathToFileURL(path), pathToFileURL(path).href]
  const others = [bytes, bytes.buffer, hosted(), new URL(hosted())]
  for (const source of [...sources, ...others]) {
    const read = await readPackageFile(own(), { source })
    expect([String(source).slice(0, 99), Buffer.compare(read, bytes)]).toEqual([
      String(source).slice(0, 99),
      0,
    ])
  }
})

test('the file is found where Vite has moved the code of its package away from it', async () => {
  for (const moved of ['.vite/data/some.bin', '.vite/deps/data/some.bin']) {
    const read = await readPackageFile(own(`${site}/node_modules/${moved}`))
    expect(Buffer.compare(read, bytes)).toBe(0)
  }
})

test('progress over the network is told, up to the last byte', async () => {
  const told: (number | undefined)[][] = []
  const onProgress = (...progress: (number | undefined)[]) => told.push(progress)
  const read = await readPackageFile(own(), { source: hosted(), onProgress })
  expect(Buffer.compare(read, bytes)).toBe(0)
  expect(told.at(-1)![0]).toBe(bytes.length)
})

test('a file that is not there says where it was looked for, and what to do', async () => {
  const { href } = pathToFileURL(join(folder, 'nowhere.bin'))
  const cases = [
    [join(folder, 'nowhere.bin'), 'nowhere.bin'],
    [href, 'nowhere.bin'],
    [`${site}/missing.bin`, 'status 404'],
    [`${site}/some.bin`, 'a web page in its place'],
    ['http://127.0.0.1:1/some.bin', 'fetch failed'],
  ] as const
  for (const [source, says] of cases) {
    const error = await readPackageFile(own(), { source }).catch((caught) => caught)
    expect(isKshotError(error, 'some/unreadable')).toBe(true)
    expect(error.message).toContain(says)
    expect(error.remedy).toContain("import url from '@kshot/some/some.bin?url'")
  }
})
