import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exampleOf as example } from '@kshot/testkit'
import sharp from 'sharp'
import { afterAll, describe, expect, it } from 'vitest'
import { makePng } from '../png.testing'
import { expectError } from '../testing'
import { decodeImage } from './decode-image'
import { imageFolderFormat } from './folder-format'
import { imageFolder } from './image-folder'
import { bmp, classes, plain, tiff, writePictures } from './pictures.testing'

const root = mkdtempSync(join(tmpdir(), 'kshot-own-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

let folders = 0
const folder = () => join(root, String(folders++))
const size = [8, 8] as const
const one = { size, splits: { train: 1, validation: 0, test: 0 } }
const ids = (data: { classes: readonly { id: string }[] }) => data.classes.map(({ id }) => id)

describe('what pictures are taken', () => {
  it('jfif, tiff, gif, bmp and avif beside png, jpeg and webp', async () => {
    const kinds = 'png jpg JPEG jfif webp gif tif tiff avif'.split(' ')
    const pictures = Object.fromEntries(
      kinds.map((ending, i) => [`red/${i}.${ending}`, plain('#f00')]),
    )
    const dir = await writePictures(folder(), { ...pictures, 'red/9.bmp': bmp(31, 9, [255, 0, 0]) })
    const { train, understood } = await imageFolder(dir, one)
    expect(train.classes).toEqual([{ id: 'red', size: 10 }])
    for (let i = 0; i < 10; i++) {
      const [r, g, b] = example(train, 0, i)
      expect([Math.round(r!), Math.round(g!), Math.round(b!)]).toEqual([1, 0, 0])
    }
    expect(understood?.skipped).toEqual({})
  })

  it('bitmaps of all depths, from top to bottom and from bottom to top', async () => {
    const dir = folder()
    mkdirSync(dir)
    const upwards = bmp(2, 2, [10, 20, 30])
    upwards.set([0, 0, 255], 54) // the lowest line first
    const downwards = Buffer.from(upwards)
    downwards.writeInt32LE(-2, 22)
    for (const [name, bytes, red] of [
      ['up', upwards, 2],
      ['down', downwards, 0],
    ] as const) {
      writeFileSync(join(dir, name), bytes)
      const pixels = await decodeImage(join(dir, name), { size: [2, 2] })
      expect([...pixels.subarray(red * 3, red * 3 + 3)]).toEqual([255, 0, 0])
    }
    const palette = Buffer.concat([upwards.subarray(0, 54), Buffer.alloc(8 + 8)])
    palette.writeUInt16LE(1, 28)
    palette.writeUInt32LE(62, 10)
    palette.set([0, 255, 0, 0], 58)
    palette.set([0b01000000], 66)
    writeFileSync(join(dir, 'palette'), palette)
    const pixels = await decodeImage(join(dir, 'palette'), { size: [2, 2] })
    expect([...pixels]).toEqual([0, 0, 0, 0, 255, 0, 0, 0, 0, 0, 0, 0])
    writeFileSync(join(dir, 'cut'), upwards.subarray(0, 60))
    await expectError(
      () => decodeImage(join(dir, 'cut'), { size }),
      'episodes/damaged-image',
      'cut',
    )
    const bomb = bmp(1, 1, [0, 0, 0])
    bomb.writeInt32LE(60_000, 18)
    bomb.writeInt32LE(60_000, 22)
    writeFileSync(join(dir, 'bomb'), bomb)
    await expectError(() => decodeImage(join(dir, 'bomb'), { size }), 'episodes/image-too-large')
  })

  it('counts by ending what is not read, and says what to do with HEIC', async () => {
    const dir = await writePictures(folder(), {
      ...classes(2),
      'c00/a.heic': 'x',
      'c01/b.HEIC': 'x',
      'c01/notes.txt': 'x',
      'c01/.DS_Store': 'x',
      'c01/Thumbs.db': 'x',
    })
    const { understood } = await imageFolder(dir, one)
    expect(understood?.skipped).toEqual({ '.heic': 2, '.txt': 1 })
    expect(understood?.notes.join('\n')).toMatch(/2 \.heic \(convert it.*1 \.txt/)
  })

  it('three channels where the first picture of each class is grey, and a size that suits all', async () => {
    const grey = sharp(Buffer.alloc(30 * 30, 99), { raw: { width: 30, height: 30, channels: 1 } })
    const dir = await writePictures(folder(), {
      'a/0.png': grey.clone().toColourspace('b-w'),
      'b/0.png': grey.clone().toColourspace('b-w'),
      'b/1.png': plain('#f00', 50, 40),
    })
    expect(await imageFolderFormat(dir)).toEqual({ size: [50, 50], channels: 3 })
    const { train, understood } = await imageFolder(dir, { splits: one.splits })
    expect(train.shape).toEqual([50, 50, 3])
    expect(understood?.notes.join()).toMatch('50 × 50 with 3 channels (cover)')
  })

  it('a fourth band is a channel of its own, where four are asked for', async () => {
    const sample = (i: number) => [255, 0, 136, 3 * Math.floor(i / 4)][i % 4]!
    const dir = await writePictures(folder(), {
      'a/0.tif': tiff([8, 8, 4], { value: sample }),
      'a/1.png': plain('#f08', 8),
    })
    const { train } = await imageFolder(dir, { ...one, channels: 4 })
    expect(train.shape).toEqual([8, 8, 4])
    const pixels = (index: number, channels: number) => {
      const values = example(train, 0, index)
      return Array.from({ length: 64 }, (_, i) =>
        [...values.slice(i * channels, (i + 1) * channels)].map((v) => Math.round(255 * v)),
      )
    }
    expect(pixels(0, 4)).toEqual(Array.from({ length: 64 }, (_, i) => [255, 0, 136, 3 * i]))
    expect(pixels(1, 4)).toEqual(Array(64).fill([255, 0, 136, 255]))

    const inverted = await imageFolder(dir, { ...one, channels: 4, invert: true })
    expect(example(inverted.train, 0, 0)[7]).toBeCloseTo(3 / 255, 6)
    expect(example(inverted.train, 0, 0)[4]).toBe(0)
    await expectError(
      () => imageFolder(dir, { ...one, channels: 5 as never }),
      'episodes/bad-option',
      'channels',
    )
  })

  it('a picture too large to be decoded whole is refused from its header', async () => {
    const lines = Buffer.alloc(8)
    const huge = makePng({ width: 4097, height: 4096, depth: 8, colour: 2, lines })
    const dir = await writePictures(folder(), { 'a.png': huge })
    await expectError(
      () => decodeImage(join(dir, 'a.png'), { size, channels: 4 }),
      'episodes/image-too-large',
      '4097 × 4096',
      String(2 ** 24),
    )
  })

  it('a tiff of 13 bands, as satellites have, is told for what it is', async () => {
    const dir = await writePictures(folder(), {
      'a/0.tif': tiff([20, 16, 13], {}),
      'a/1.tif': tiff([20, 16, 3], {}),
    })
    await expectError(() => imageFolder(dir, one), 'episodes/damaged-image', '0.tif', /5 bands/)
  })

  it('pictures of 12 bits in files of 16 keep their levels', async () => {
    const lines = Buffer.alloc(64 * (1 + 64 * 2))
    for (let y = 0; y < 64; y++) {
      for (let x = 0; x < 64; x++) lines.writeUInt16BE(y * 64 + x, y * 129 + 1 + 2 * x)
    }
    const deep = makePng({ width: 64, height: 64, depth: 16, lines })
    const dir = await writePictures(folder(), { 'a/deep.png': deep, 'b/flat.png': plain('#fff') })
    for (const options of [{ ...one, size: [64, 64] as const, channels: 1 as const }, one]) {
      const { train, understood } = await imageFolder(dir, { ...options, size: [64, 64] })
      const levels = new Set(example(train, 0, 0))
      expect(levels.size).toBeGreaterThan(200)
      expect(Math.max(...levels)).toBe(1)
      expect(example(train, 1, 0)[0]).toBe(1)
      expect(understood?.notes.join()).toMatch('only 12 bits')
    }
    expect(await imageFolderFormat(dir)).toMatchObject({ bits: 12 })
    const other = await writePictures(folder(), {
      'a/0.tif': tiff([64, 64, 1], { depth: 16, value: (i) => i }),
      'b/0.tif': tiff([64, 64, 1], { depth: 16, value: () => 4095 }),
    })
    expect(await imageFolderFormat(other)).toMatchObject({ bits: 12, channels: 1 })
    const { train } = await imageFolder(other, { ...one, size: [64, 64], channels: 1 })
    expect(new Set(example(train, 0, 0)).size).toBeGreaterThan(200)
    expect(example(train, 1, 0)[0]).toBe(1)
  })

  it('reads a picture anew that was replaced under its name', async () => {
    const dir = folder()
    mkdirSync(dir)
    for (const ending of ['png', 'jpg', 'webp', 'gif', 'tif', 'avif']) {
      const file = join(dir, `x.${ending}`)
      for (const colour of ['#000', '#fff']) {
        await writePictures(dir, { [`x.${ending}`]: plain(colour) })
        const [value] = await decodeImage(file, { size })
        expect([ending, Math.round(value! / 255)]).toEqual([ending, colour === '#fff' ? 1 : 0])
      }
    }
  })

  it('cuts, fits or stretches pictures of other proportions', async () => {
    const bands = await sharp({
      create: { width: 30, height: 10, channels: 3, background: '#000' },
    })
      .composite([{ input: await plain('#fff', 10).png().toBuffer(), left: 10, top: 0 }])
      .png()
      .toBuffer()
    const dir = await writePictures(folder(), { 'a/x.png': bands })
    const row = async (fit?: 'cover' | 'contain' | 'stretch') => {
      const { train } = await imageFolder(dir, {
        ...one,
        size: [3, 3],
        channels: 1,
        ...(fit && { fit }),
      })
      return example(train, 0, 0)
    }
    expect(await row()).toEqual(new Array(9).fill(1))
    expect(await row('cover')).toEqual(await row())
    expect(await row('stretch')).toEqual([0, 1, 0, 0, 1, 0, 0, 1, 0])
    expect(await row('contain')).toEqual([1, 1, 1, 0, 1, 0, 1, 1, 1])
    await expectError(
      () => imageFolder(dir, { ...one, fit: 'zoom' as never }),
      'episodes/bad-option',
    )
  })

  it('a photo of many pixels is what it is, not shrunk, but for rounding', async () => {
    const noise = Buffer.alloc(1600 * 1200 * 3).map(
      (_, i) => 128 + 100 * Math.sin(i / 1e6 + (i % 3)),
    )
    const raw = { width: 1600, height: 1200, channels: 3 } as const
    const dir = folder()
    await writePictures(dir, { 'x.jpg': sharp(noise, { raw }).jpeg({ quality: 95 }) })
    const small = await sharp(join(dir, 'x.jpg')).raw().toBuffer()
    const pixels = await decodeImage(join(dir, 'x.jpg'), { size: [12, 16] })
    for (const [y, x] of [
      [0, 0],
      [5, 7],
      [11, 15],
    ] as const) {
      let sum = 0
      for (let j = 0; j < 100; j++) {
        for (let i = 0; i < 100; i++) sum += small[((y * 100 + j) * 1600 + x * 100 + i) * 3]!
      }
      expect(Math.abs(pixels[(y * 16 + x) * 3]! - sum / 1e4)).toBeLessThan(4)
    }
  })
})

describe('how a folder is understood', () => {
  it('follows links to class folders, and to pictures', async () => {
    const dir = await writePictures(folder(), classes(2))
    const apart = await writePictures(folder(), classes(1, 3, 'far/'))
    symlinkSync(join(apart, 'far/c00'), join(dir, 'linked'))
    symlinkSync(join(apart, 'far/c00/0.png'), join(dir, 'c00/link.png'))
    const { train } = await imageFolder(dir, one)
    expect(train.classes).toEqual([
      { id: 'c00', size: 3 },
      { id: 'c01', size: 2 },
      { id: 'linked', size: 3 },
    ])
  })

  it.each<[string, (dir: string) => void, string, RegExp]>([
    ['a broken link', (d) => symlinkSync('/nowhere', join(d, 'x')), 'unreadable-file', /broken/],
    ['a link to itself', (d) => symlinkSync('x', join(d, 'x')), 'unreadable-file', /itself/],
    [
      'folders in a loop',
      (d) => {
        mkdirSync(join(d, 'x/y'), { recursive: true })
        symlinkSync(d, join(d, 'x/z'))
      },
      'unreadable-file',
      /contains it/,
    ],
    [
      'one class as a link',
      (d) => symlinkSync(join(d, 'c00'), join(d, 'x')),
      'same-class-twice',
      /c00.*x/,
    ],
  ])('%s in the place of a class is refused by name', async (_, spoil, code, mention) => {
    const dir = await writePictures(folder(), classes(2))
    spoil(dir)
    await expectError(() => imageFolder(dir, one), `episodes/${code}`, mention)
  })

  it.each<[string, (file: string) => void, RegExp]>([
    ['a FIFO', (file) => execFileSync('mkfifo', [file]), /FIFO/],
    ['/dev/zero', (file) => symlinkSync('/dev/zero', file), /device/],
    ['a broken link', (file) => symlinkSync('/nowhere', file), /no such file/],
    ['a link to itself', (file) => symlinkSync('x.png', file), /itself/],
    ['an empty file', (file) => writeFileSync(file, ''), /empty file/],
    ['a web page', (file) => writeFileSync(file, '<!DOCTYPE html>'), /web page/],
    ['a HEIC', (file) => writeFileSync(file, '\0\0\0\x18ftypheic'), /HEIC.*convert/],
  ])(
    '%s in the place of a picture is told with its reason, or skipped',
    async (_, spoil, mention) => {
      const dir = await writePictures(folder(), classes(2))
      spoil(join(dir, 'c00/x.png'))
      writeFileSync(join(dir, 'c01/y.png'), 'text')
      const refused = imageFolder(dir, one)
      await expectError(
        () => refused,
        'episodes/',
        mention,
        /2 pictures/,
        /c01\/y\.png: not a readable kind of picture/,
      )
      const { train, understood } = await imageFolder(dir, { ...one, onBroken: 'skip' })
      expect(train.classes.map(({ size: n }) => n)).toEqual([2, 2])
      expect(understood?.broken).toHaveLength(2)
      expect(understood?.broken[0]?.reason).toMatch(mention)
    },
  )

  it('train, val and test under other names, one level down', async () => {
    const dir = await writePictures(folder(), {
      ...classes(3, 1, 'data/data/Training/'),
      ...classes(1, 1, 'data/data/Test/images/t'),
      ...classes(2, 1, 'data/data/VALID/v'),
      'data/data/extra/x.png': plain('#000'),
      'data/README.md': 'text',
    })
    const { train, validation, test, given, understood } = await imageFolder(dir, one)
    expect([ids(train), ids(validation), ids(test)]).toEqual([
      ['c00', 'c01', 'c02'],
      ['vc00', 'vc01'],
      ['tc00'],
    ])
    expect(given).toBe(true)
    expect(understood?.notes.join('\n')).toMatch(/one level down/)
    expect(understood?.notes.join('\n')).toMatch(/ignored: extra/)
  })

  it.each<[string, string, string]>([
    ['Train Set', 'Validation Set', 'Test Set'],
    ['images_train', 'images_val', 'images_test'],
    ['train2017', 'val2017', 'test2017'],
    ['base', 'val', 'novel'],
    ['images_background', 'dev', 'images_evaluation'],
  ])('%s, %s and %s are splits, and told', async (a, b, c) => {
    const dir = await writePictures(folder(), {
      ...classes(3, 1, `${a}/`),
      ...classes(1, 1, `${b}/v`),
      ...classes(2, 1, `${c}/t`),
    })
    const { train, validation, test, understood } = await imageFolder(dir, one)
    expect([train, validation, test].map(({ classes: of }) => of.length)).toEqual([3, 1, 2])
    expect(understood?.notes.join()).toMatch(`${a}/ is train`)
  })

  it('folders that happen to have a word of it are groups, and told', async () => {
    const dir = await writePictures(folder(), {
      ...classes(2, 1, 'test tubes/'),
      ...classes(2, 1, 'train stations/'),
      ...classes(2, 1, 'cups/'),
    })
    const { train, given, understood } = await imageFolder(dir, one)
    expect([given, train.classes.length]).toEqual([false, 6])
    expect(understood?.notes.join()).toMatch(/3 folders hold folders, 6 classes: cups\/c00/)
  })

  it('pictures without a folder are told to need one a class', async () => {
    const dir = await writePictures(folder(), { 'a.png': plain('#000'), 'b.png': plain('#000') })
    await expectError(
      () => imageFolder(dir, one),
      'episodes/data-not-found',
      '2 pictures and no folder',
      'a folder of its own',
    )
  })

  it('train and val alone: test classes are taken from train, and told', async () => {
    const dir = await writePictures(folder(), {
      ...classes(8, 1, 'train/'),
      ...classes(2, 1, 'val/v'),
    })
    const { train, validation, test, understood } = await imageFolder(dir, { size })
    expect([train, validation, test].map(({ classes: c }) => c.length)).toEqual([6, 2, 2])
    expect(understood).toMatchObject({
      splits: { train: 6, validation: 2, test: 2 },
      dealt: 'by folder; test taken from train by seed 0',
    })
  })

  it('a class called train is a class', async () => {
    const dir = await writePictures(folder(), { ...classes(2), 'train/x.png': plain('#000') })
    expect(ids((await imageFolder(dir, one)).train)).toEqual(['c00', 'c01', 'train'])
  })

  it('classes in groups, as characters in alphabets, and a folder between class and pictures', async () => {
    const dir = await writePictures(folder(), {
      ...classes(2, 1, 'Greek/'),
      ...classes(2, 1, 'Latin/'),
    })
    const { train } = await imageFolder(dir, one)
    expect(train.classes[0]).toEqual({ id: 'Greek/c00', group: 'Greek', size: 1 })
    expect(train.classes).toHaveLength(4)
    const tiny = await writePictures(folder(), {
      'n1/images/0.png': plain('#000'),
      'n2/images/0.png': plain('#000'),
    })
    expect(ids((await imageFolder(tiny, one)).train)).toEqual(['n1', 'n2'])
  })

  it('one class in train and in test: refused, or merged', async () => {
    const dir = await writePictures(folder(), {
      ...classes(5, 2, 'train/'),
      ...classes(5, 1, 'test/'),
    })
    await expectError(() => imageFolder(dir, one), 'episodes/splits-overlap', 'c00', /merge/)
    const { train, given } = await imageFolder(dir, { ...one, splitFolders: 'merge' })
    expect(train.classes.map(({ size: n }) => n)).toEqual([3, 3, 3, 3, 3])
    expect(given).toBe(false)
  })

  it('names that differ in case, spaces or Unicode form alone: an error that names both', async () => {
    for (const [a, b, how] of [
      ['rose', 'Rose', 'case'],
      ['rose', 'rose ', 'spaces'],
      ['caf\u00e9', 'cafe\u0301', 'Unicode form'],
    ] as const) {
      const dir = await writePictures(folder(), {
        [`train/${a}/0.png`]: plain('#000'),
        'train/tulip/0.png': plain('#000'),
        [`test/${b}/0.png`]: plain('#000'),
      })
      await expectError(() => imageFolder(dir, one), 'episodes/same-class-twice', how)
      const { test } = await imageFolder(dir, { ...one, spelling: 'exact' })
      expect(ids(test)).toEqual([b])
    }
  })

  it('small classes are left out and listed, and all empty ones are named', async () => {
    const dir = await writePictures(folder(), {
      ...classes(3, 4),
      'small/0.png': plain('#000'),
      'none/notes.txt': '',
      'void/a.heic': '',
    })
    await expectError(
      () => imageFolder(dir, one),
      'episodes/empty-class',
      /none.*void/,
      /heif-convert/,
    )
    const { train, understood } = await imageFolder(dir, { ...one, minImages: 2 })
    expect(ids(train)).toEqual(['c00', 'c01', 'c02'])
    expect(understood?.small).toEqual([
      { id: 'none', size: 0 },
      { id: 'small', size: 1 },
      { id: 'void', size: 0 },
    ])
    await expectError(() => imageFolder(dir, { ...one, minImages: 0.5 }), 'episodes/bad-option')
  })
})
