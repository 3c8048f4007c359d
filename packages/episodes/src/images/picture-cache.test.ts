import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exampleOf as example } from '@kshot/testkit'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { expectError } from '../testing'
import * as decode from './decode-image'
import { imageFolder } from './image-folder'
import { evict } from './picture-cache'
import { isWorthKeeping } from './picture-store'
import { classes, plain, writePictures } from './pictures.testing'

const root = mkdtempSync(join(tmpdir(), 'kshot-cache-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

let folders = 0
async function photos() {
  const dir = join(root, `photos${folders++}`)
  await writePictures(dir, { ...classes(3), 'c02/x.png': plain('#f00'), 'c02/y.png': 'no picture' })
  return dir
}
const spy = vi.spyOn(decode, 'decodedPicture')
async function load(dir: string, cache: string | false, change: object = {}) {
  spy.mockClear()
  const options = { size: [8, 8] as const, splits: { train: 1, validation: 0, test: 0 } }
  const { train } = await imageFolder(dir, { ...options, cache, onBroken: 'skip', ...change })
  const pixels = train.classes.map(({ size }, c) =>
    Array.from({ length: size }, (_, i) => example(train, c, i)),
  )
  return { pixels, train, decoded: spy.mock.calls.length }
}

describe('the cache of decoded pictures', () => {
  it('is kept by default where decoding takes seconds: of large photos, and of many small ones', () => {
    expect(isWorthKeeping(30, 30 * 3e6)).toBe(true)
    expect(isWorthKeeping(10_000, 10_000 * 1500)).toBe(true)
    expect(isWorthKeeping(300, 300 * 3000)).toBe(false)
  })

  it('gives the pixels of the first run to the second, which decodes none', async () => {
    const [dir, cache] = [await photos(), join(root, 'a')]
    const first = await load(dir, cache)
    const second = await load(dir, cache)
    expect([first.decoded, second.decoded]).toEqual([7, 0])
    expect(second.pixels).toEqual((await load(dir, false)).pixels)
    expect(second.train.spec.options).not.toHaveProperty('cache')
    expect((await load(dir, cache, { channels: 1 })).decoded).toBe(7)
    expect((await load(dir, cache)).decoded).toBe(0)
  })

  it('knows pictures by their content: touched, renamed or copied ones are not decoded again', async () => {
    const [dir, cache] = [await photos(), join(root, 'b')]
    await load(dir, cache)
    utimesSync(join(dir, 'c00/0.png'), new Date(), new Date())
    renameSync(join(dir, 'c01/1.png'), join(dir, 'c01/z.png'))
    expect((await load(dir, cache)).decoded).toBe(0)
  })

  it('sees a picture that was replaced under its name, even with the old times', async () => {
    const [dir, cache] = [await photos(), join(root, 'c')]
    const old = new Date('2020-01-01')
    const file = join(dir, 'c00/0.png')
    for (const colour of ['#000', '#fff', '#0f0']) {
      await writePictures(dir, { 'c00/0.png': plain(colour) })
      utimesSync(file, old, old)
      const { pixels } = await load(dir, cache)
      expect(pixels[0]![0]!.slice(0, 3)).toEqual(
        { '#000': [0, 0, 0], '#fff': [1, 1, 1], '#0f0': [0, 1, 0] }[colour],
      )
    }
  })

  it('is read again from the pictures where it is damaged or of another kind, and says so in between', async () => {
    const [dir, cache] = [await photos(), join(root, 'd')]
    const { train, pixels } = await load(dir, cache)
    const [folder] = readdirSync(cache)
    const files = readdirSync(join(cache, folder!))
    const [bin] = files.filter((name) => name.endsWith('.bin'))
    writeFileSync(join(cache, folder!, bin!), 'x'.repeat(5000))
    const read = () => example(train, 0, 0)
    await expectError(read, 'episodes/damaged-cache', 'Remove the file')
    const [index] = files.filter((name) => name.endsWith('.json'))
    writeFileSync(join(cache, folder!, index!), '{"version":"other","pictures":[]}')
    expect((await load(dir, cache)).pixels).toEqual(pixels)
  })

  it('is done without where it can not be written', async () => {
    const dir = await photos()
    const file = join(root, 'file')
    writeFileSync(file, '')
    expect((await load(dir, join(file, 'cache'))).decoded).toBe(7)
  })

  it('stays below its bound: what was used last stays', async () => {
    const cache = join(root, 'e')
    for (const [i, name] of ['old', 'newer', 'new'].entries()) {
      mkdirSync(join(cache, name), { recursive: true })
      const path = join(cache, name, 'pixels.bin')
      writeFileSync(path, Buffer.alloc(1000))
      utimesSync(path, i, i)
    }
    await evict(cache, join(cache, 'new'), 2500)
    expect(readdirSync(cache)).toEqual(['new', 'newer'])
  })
})
