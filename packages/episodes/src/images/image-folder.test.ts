import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { datasetSuite, exampleOf as example, rebuilt } from '@kshot/testkit'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Dataset } from '../dataset'
import { episodes } from '../episodes'
import { makePng } from '../png.testing'
import { expectError } from '../testing'
import { imageFolderFormat } from './folder-format'
import { imageFolder } from './image-folder'

const root = mkdtempSync(join(tmpdir(), 'kshot-images-'))
const photos = join(root, 'photos')
const size = [4, 4] as const
const colours = ['red', 'lime', 'blue', 'white', 'black']

/** A folder a class, each of three pictures of one colour, as png, jpeg and webp. */
beforeAll(async () => {
  for (const colour of colours) {
    const folder = join(photos, colour)
    mkdirSync(folder, { recursive: true })
    const plain = sharp({ create: { width: 10, height: 12, channels: 3, background: colour } })
    await plain.clone().png().toFile(join(folder, 'a.png'))
    await plain.clone().jpeg({ quality: 100 }).toFile(join(folder, 'b.JPG'))
    await plain.clone().webp({ lossless: true }).toFile(join(folder, 'c.webp'))
    writeFileSync(join(folder, 'notes.txt'), 'no image')
  }
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

/** The pictures again, in a folder that may be spoilt. */
function copy(name: string): string {
  cpSync(photos, join(root, name), { recursive: true })
  return join(root, name)
}

const everything = { size, splits: { train: 1, validation: 0, test: 0 } }

datasetSuite('an image folder', async () => (await imageFolder(photos, everything)).train)

describe('imageFolder', () => {
  it('reads png, jpeg and webp, a folder a class', async () => {
    const { train } = await imageFolder(photos, everything)
    expect(train.shape).toEqual([4, 4, 3])
    expect(train.classes).toEqual([...colours].sort().map((id) => ({ id, size: 3 })))
    for (const i of [0, 1, 2]) {
      const [r, g, b] = example(train, 3, i)
      expect(r).toBeCloseTo(1, 1)
      expect([g! < 0.02, b! < 0.02]).toEqual([true, true])
    }
  })

  it('makes them grey, and inverts them', async () => {
    const options = { ...everything, channels: 1 as const, invert: true }
    const { train } = await imageFolder(photos, options)
    expect(train.shape).toEqual([4, 4, 1])
    expect(new Set(example(train, 0, 0))).toEqual(new Set([1]))
    expect(new Set(example(train, 4, 0))).toEqual(new Set([0]))
  })

  it('reads grey, 16-bit and transparent pictures as well; what is transparent is white', async () => {
    const folder = copy('odd')
    const lines = Uint8Array.from([0, 255, 255, 128, 0, 0, 0, 0, 64, 0, 255, 255])
    rmSync(join(folder, 'red'), { recursive: true })
    mkdirSync(join(folder, 'red'))
    const grey16 = {
      width: 2,
      height: 2,
      depth: 16,
      lines: Uint8Array.from([...lines].slice(0, 10)),
    }
    writeFileSync(join(folder, 'red/grey.png'), makePng(grey16))
    const background = { r: 0, g: 0, b: 0, alpha: 0 }
    await sharp({ create: { width: 3, height: 3, channels: 4, background } })
      .png()
      .toFile(join(folder, 'red/none.png'))
    const { train } = await imageFolder(folder, { ...everything, size: [2, 2] })
    expect(example(train, 3, 0)).toHaveLength(12)
    expect(example(train, 3, 0)[0]).toBe(1)
    expect(example(train, 3, 0)[3]).toBeCloseTo(0.5, 1)
    expect(example(train, 3, 1)).toEqual(new Array(12).fill(1))
  })

  it('deals classes to splits by the seed, none twice', async () => {
    const ids = async (seed: number) => {
      const splits = await imageFolder(photos, { size, seed })
      return [splits.train, splits.validation, splits.test].map(({ classes }) =>
        classes.map(({ id }) => id),
      )
    }
    const dealt = await ids(1)
    expect(dealt.map(({ length }) => length)).toEqual([3, 1, 1])
    expect(dealt.flat().sort()).toEqual([...colours].sort())
    expect(await ids(1)).toEqual(dealt)
    const others = await Promise.all([2, 3, 4, 5].map(ids))
    expect(others.some((other) => JSON.stringify(other) !== JSON.stringify(dealt))).toBe(true)
  })

  it('takes train/, val/ and test/ for splits', async () => {
    const folder = join(root, 'mini')
    for (const [split, colour] of [
      ['train', 'red'],
      ['train', 'blue'],
      ['val', 'lime'],
      ['test', 'black'],
    ] as const) {
      cpSync(join(photos, colour), join(folder, split, colour), { recursive: true })
    }
    const { train, validation, test, given } = await imageFolder(folder, { size })
    const ids = [train, validation, test].map(({ classes }) => classes.map(({ id }) => id))
    expect(ids).toEqual([['blue', 'red'], ['lime'], ['black']])
    expect(given).toBe(true)
    expect(await imageFolder(photos, { size })).toMatchObject({ given: false })
  })

  it('suits its size to the pictures, and its channels', async () => {
    expect(await imageFolderFormat(photos)).toEqual({ size: [28, 28], channels: 3 })
    const large = copy('large')
    const grey = { width: 200, height: 50, channels: 1, background: 'white' } as const
    rmSync(join(large, 'red'), { recursive: true })
    mkdirSync(join(large, 'red'))
    await sharp({ create: { ...grey, channels: 3 } }).toFile(join(large, 'red/a.png'))
    expect(await imageFolderFormat(large)).toEqual({ size: [84, 84], channels: 3 })
    const drawn = join(root, 'drawn/one')
    mkdirSync(drawn, { recursive: true })
    const bytes = Buffer.alloc(40 * 30, 255)
    const raw = { width: 40, height: 30, channels: 1 } as const
    await sharp(bytes, { raw }).toColourspace('b-w').toFile(join(drawn, 'a.png'))
    expect(await imageFolderFormat(join(root, 'drawn'))).toEqual({ size: [40, 40], channels: 1 })
  })

  it('has specs that build each split again', async () => {
    const { test } = await imageFolder(photos, { size, seed: 3 })
    const again = await rebuilt<Dataset>(test.spec, 'dataset', () => import('../node'))
    expect(again.classes).toEqual(test.classes)
    expect(example(again, 0, 2)).toEqual(example(test, 0, 2))
  })
})

describe('bad input to imageFolder', () => {
  it('a missing folder, and one without classes', async () => {
    const missing = join(root, 'nowhere')
    await expectError(() => imageFolder(missing, { size }), 'episodes/data-not-found', 'nowhere')
    const flat = join(photos, 'red')
    await expectError(() => imageFolder(flat, { size }), 'episodes/data-not-found', 'red')
  })

  it('an empty class folder', async () => {
    const folder = copy('empty')
    mkdirSync(join(folder, 'green'))
    await expectError(() => imageFolder(folder, everything), 'episodes/empty-class', 'green')
  })

  it('a PNG that is no PNG, and one that breaks off', async () => {
    const folder = copy('no-png')
    const file = join(folder, 'red/a.png')
    writeFileSync(file, 'this is no image')
    await expectError(() => imageFolder(folder, everything), 'episodes/damaged-image', 'red/a.png')
    const noise = Buffer.alloc(64 * 64 * 3).map((_, i) => (i * i * 7) % 251)
    const whole = await sharp(noise, { raw: { width: 64, height: 64, channels: 3 } })
      .png()
      .toBuffer()
    writeFileSync(file, whole.subarray(0, whole.length / 2))
    await expectError(() => imageFolder(folder, everything), 'episodes/damaged-image', 'red/a.png')
  })

  it('a decompression bomb, refused from its header at once', async () => {
    const folder = copy('bomb')
    const lines = new Uint8Array(40_000_000)
    const bomb = makePng({ width: 60_000, height: 60_000, lines })
    expect(bomb.length).toBeLessThan(50_000)
    writeFileSync(join(folder, 'red/bomb.png'), bomb)
    const start = performance.now()
    await expectError(
      () => imageFolder(folder, everything),
      'episodes/image-too-large',
      'red/bomb.png',
      '60000 × 60000',
    )
    expect(performance.now() - start).toBeLessThan(5000)
  })

  it('a class in two splits', async () => {
    const folder = join(root, 'overlap')
    for (const split of ['train', 'test']) {
      cpSync(join(photos, 'red'), join(folder, split, 'red'), { recursive: true })
    }
    await expectError(() => imageFolder(folder, { size }), 'episodes/splits-overlap', 'red')
  })

  it('a class with fewer images than K + Q, and fewer classes than N', async () => {
    const { train } = await imageFolder(photos, everything)
    const draw = (ways: number, shots: number) => () =>
      episodes(train, { ways, shots, queries: 1, seed: 1 })
    await expectError(draw(2, 3), 'episodes/class-too-small', "'black' with 3 examples")
    await expectError(draw(6, 1), 'episodes/too-few-classes', '5 classes')
  })

  it('options that make no sense', async () => {
    const load = (change: object) => () => imageFolder(photos, { ...everything, ...change })
    await expectError(load({ size: [0, 4] }), 'episodes/bad-option', 'size')
    await expectError(load({ channels: 2 }), 'episodes/bad-option', 'channels')
    const splits = { train: 0.5, validation: 0.2, test: 0.2 }
    await expectError(load({ splits }), 'episodes/bad-option', '0.5, 0.2, 0.2')
  })

  it('a machine without sharp', async () => {
    vi.resetModules()
    vi.doMock('sharp', () => {
      throw new Error('Cannot find package sharp')
    })
    const { imageFolder: bare } = await import('./image-folder')
    await expectError(() => bare(photos, everything), 'episodes/sharp-missing', 'npm install sharp')
    vi.doUnmock('sharp')
  })
})
