import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cosine, embeddings } from '../packages/image-encoder/src/reference.testing'
import { type BundledApp, bundledApp } from './bundled-app'
import { root } from './packed'

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

let app: BundledApp

beforeAll(async () => {
  app = await bundledApp('image-encoder', '<img id="photo" src="/files/cat.png" alt="a cat">')
  await pictures(join(app.folder, 'files'))
}, 600_000)
afterAll(() => app?.dispose())

describe.each(['Vite', 'webpack'] as const)('a page built by %s, offline', (bundler) => {
  it('encodes what a page has, also in a worker', { timeout: 300_000 }, async (context) => {
    await app.onPage(bundler, context, async (page) => {
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

async function pictures(files: string) {
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
