import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { datasetSuite, exampleOf as example, rebuilt } from '@kshot/testkit'
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest'
import type { Dataset } from '../dataset'
import { episodes } from '../episodes'
import { drawing, makePng } from '../png.testing'
import { expectError } from '../testing'
import { makeZip } from '../zip.testing'
import { omniglot } from './omniglot'

const root = mkdtempSync(join(tmpdir(), 'kshot-omniglot-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))
afterEach(() => vi.unstubAllEnvs())

type Files = { [name: string]: Uint8Array }

/** Drawings of a few characters, in the published layout: line widths tell them apart. */
function half(name: string, alphabets: readonly string[]): Files {
  const files: Files = {}
  for (const [a, alphabet] of alphabets.entries()) {
    for (const character of [1, 2]) {
      for (const drawer of [1, 2, 3]) {
        const path = `${name}/${alphabet}/character0${character}/000${a}_0${drawer}.png`
        files[path] = drawing(10 * (2 * a + character) + drawer)
      }
    }
  }
  return files
}

const background = half('images_background', ['Greek', 'Latin', 'Hebrew'])
const evaluation = half('images_evaluation', ['Tengwar', 'Oriya'])

function write(folder: string, files: Files): string {
  for (const [name, bytes] of Object.entries(files)) {
    mkdirSync(dirname(join(root, folder, name)), { recursive: true })
    writeFileSync(join(root, folder, name), bytes)
  }
  return join(root, folder)
}

const zips = (change: Files = {}) => ({
  'images_background.zip': makeZip(background),
  'images_evaluation.zip': makeZip(evaluation),
  ...change,
})
const whole = write('zips', zips())
const load = (data: string, change: object = {}) =>
  omniglot({ data, split: 'vinyals', rotations: 'none', ...change })

datasetSuite('Omniglot as zips', async () => (await load(whole)).train)
datasetSuite('Omniglot with rotations', async () => (await load(whole, { rotations: 'all' })).test)

describe('where Omniglot lies', () => {
  it('folders and zips are the same data', async () => {
    const folder = write('folders', { ...background, ...evaluation })
    const [one, other] = [await load(whole), await load(folder)]
    for (const name of ['train', 'validation', 'test'] as const) {
      expect(other[name].classes).toEqual(one[name].classes)
      for (const c of one[name].classes.keys()) {
        expect(example(other[name], c, 2)).toEqual(example(one[name], c, 2))
      }
    }
  })

  it('is the folder itself or one above it, by option, by KSHOT_DATA or in the cache', async () => {
    write('above/omniglot', zips())
    write('cache/kshot/omniglot', zips())
    expect((await load(join(root, 'above'))).test.classes).toHaveLength(4)
    vi.stubEnv('KSHOT_DATA', join(root, 'above'))
    expect((await omniglot({ split: 'vinyals' })).test.classes).toHaveLength(16)
    vi.stubEnv('KSHOT_DATA', '')
    vi.stubEnv('XDG_CACHE_HOME', join(root, 'cache'))
    expect((await omniglot({ split: 'vinyals' })).test.classes).toHaveLength(16)
  })

  it('may be the clone of its repository, with python/ in it', async () => {
    write('clone/python', zips())
    expect((await load(join(root, 'clone'))).test.classes).toHaveLength(4)
  })

  it('is said where it was looked for, when it is not there', () =>
    expectError(() => load(join(root, 'nowhere')), 'episodes/data-not-found', 'nowhere'))
})

describe('what becomes of it', () => {
  it('ink is 1, and 0 where there is none', async () => {
    const { train } = await load(whole)
    const greek = train.classes.findIndex(({ id }) => id === 'Greek/character01')
    const [row] = [example(train, greek, 0).slice(0, 28)]
    // 11 of 105 pixels are ink: samples lie at 1, 5, 9, 13, …
    expect(row).toEqual([1, 1, 1, ...new Array(25).fill(0)])
    expect(train.classes[greek]).toEqual({ id: 'Greek/character01', group: 'Greek', size: 3 })
  })

  it('each split can be built again from its spec', async () => {
    vi.stubEnv('KSHOT_DATA', whole)
    const { test } = await load(whole, { rotations: 'all' })
    const again = await rebuilt<Dataset>(test.spec, 'dataset', (name) =>
      name === '@kshot/episodes' ? import('../index') : import('../node'),
    )
    expect(again.classes).toEqual(test.classes)
    expect(example(again, 5, 1)).toEqual(example(test, 5, 1))
  })
})

describe('damaged Omniglot', () => {
  const spoilt = (name: string, change: Files) => () => load(write(name, zips(change)))
  const one = 'images_background/Greek/character01/0000_01.png'
  const with_ = (bytes: Uint8Array) => ({
    'images_background.zip': makeZip({ ...background, [one]: bytes }),
  })

  it('a truncated zip', async () => {
    const zip = makeZip(background)
    for (const length of [0, 100, zip.length - 100]) {
      const cut = { 'images_background.zip': zip.subarray(0, length) }
      const mention = 'images_background.zip'
      await expectError(spoilt('truncated', cut), 'episodes/damaged-archive', mention)
    }
  })

  it('a wrong CRC, in the directory or through one changed byte', async () => {
    const wrong = { 'images_background.zip': makeZip(background, 0x12345678) }
    await expectError(spoilt('crc', wrong), 'episodes/damaged-archive', one)
    const zip = makeZip(background)
    zip[60 + one.length]! ^= 0x10
    const flipped = { 'images_background.zip': zip }
    await expectError(spoilt('flipped', flipped), 'episodes/damaged-archive', one)
  })

  it('a PNG that is no PNG, breaks off, or is of another kind', async () => {
    const bad = [
      Buffer.from('this is no image'),
      Buffer.alloc(0),
      drawing(5).subarray(0, 50),
      drawing(5).map((byte, i) => (i === 60 ? byte ^ 1 : byte)),
      makePng({ width: 105, height: 105, depth: 8, lines: new Uint8Array(105 * 106) }),
      makePng({ width: 105, height: 105, lines: new Uint8Array(50) }),
      makePng({ width: 105, height: 105, lines: new Uint8Array(105 * 15).fill(9) }),
    ]
    for (const bytes of bad) {
      await expectError(spoilt('no-png', with_(bytes)), 'episodes/damaged-image', one)
    }
  })

  it('a decompression bomb, by its header or by its contents, at once', async () => {
    const lines = new Uint8Array(60_000_000)
    const start = performance.now()
    for (const side of [60_000, 105]) {
      const bomb = makePng({ width: side, height: side, lines })
      expect(bomb.length).toBeLessThan(100_000)
      await expectError(spoilt('bomb', with_(bomb)), 'episodes/damaged-image', one)
    }
    expect(performance.now() - start).toBeLessThan(10_000)
  })

  it('an empty half, fewer classes than N, and fewer drawings than K + Q', async () => {
    mkdirSync(join(root, 'empty/images_background'), { recursive: true })
    mkdirSync(join(root, 'empty/images_evaluation'), { recursive: true })
    await expectError(() => load(join(root, 'empty')), 'episodes/data-not-found', 'empty')
    const { test } = await load(whole)
    const draw = (ways: number, queries: number) => () =>
      episodes(test, { ways, shots: 1, queries, seed: 1 })
    await expectError(draw(5, 1), 'episodes/too-few-classes', '4 classes')
    await expectError(draw(4, 3), 'episodes/class-too-small', 'Oriya/character01')
  })
})
