import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { isKshotError } from '@kshot/core'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { drawing } from '../png.testing'
import { expectError } from '../testing'
import { makeZip } from '../zip.testing'
import { omniglot } from './omniglot'

const root = mkdtempSync(join(tmpdir(), 'kshot-odd-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

const drawings = (part: string) => ({
  [`${part}/Greek/character01/0001_01.png`]: drawing(10),
  [`${part}/Greek/character02/0002_01.png`]: drawing(20),
  [`${part}/Latin/character01/0003_01.png`]: drawing(30),
})
const background = makeZip(drawings('images_background'))
const evaluation = makeZip(drawingsOf())

/** Other alphabets: no class may be in both halves. */
function drawingsOf() {
  return { 'images_evaluation/Oriya/character01/0009_01.png': drawing(5) }
}

let folders = 0
function load(zip: Buffer) {
  const data = join(root, String(folders++))
  mkdirSync(data)
  writeFileSync(join(data, 'images_background.zip'), zip)
  writeFileSync(join(data, 'images_evaluation.zip'), evaluation)
  return omniglot({ data, split: 'vinyals', rotations: 'none' })
}

describe('zips that are not whole', () => {
  const name = 'images_background/Greek/character01/0001_01.png'
  const bomb = Buffer.alloc(64 * 2 ** 20)
  it.each<[string, Buffer, string]>([
    [
      'a name that lost .png',
      makeZip({ ...drawings('images_background'), 'a/b/c/d.pnh': drawing(1) }),
      'd.pnh',
    ],
    ['no entry', makeZip({}), 'without files'],
    ['folders alone', makeZip({ 'images_background/': Buffer.alloc(0) }), 'without drawings'],
    ['a drawing outside of a character', makeZip({ 'x/y.png': drawing(1) }), 'x/y.png'],
    ['64 MiB of zeros', makeZip({ [name]: bomb }), '64 MiB once unpacked'],
  ])('%s', async (_, zip, mention) => {
    await expectError(() => load(zip), 'episodes/damaged-archive', mention)
  })

  it('a name twice', async () => {
    const twice = Buffer.from(background)
    for (let at = twice.indexOf('character02'); at >= 0; at = twice.indexOf('character02', at)) {
      twice.write('character01/0001_01.png', at)
    }
    await expectError(() => load(twice), 'episodes/damaged-archive', 'twice')
  })

  it('a count of entries that is too low', async () => {
    const low = Buffer.from(background)
    low.writeUInt16LE(2, low.length - 12)
    await expectError(() => load(low), 'episodes/damaged-archive', 'after 2 files')
  })

  it('encrypted, or packed in another way', async () => {
    for (const [at, value, mention] of [
      [8, 1, 'encrypted'],
      [10, 12, 'method 12'],
    ] as const) {
      const odd = Buffer.from(background)
      const entry = odd.indexOf('PK\x01\x02')
      odd.writeUInt16LE(value, entry + at)
      await expectError(() => load(odd), 'episodes/damaged-archive', mention)
    }
  })

  it('whatever is changed, no drawing is missing without a word', async () => {
    const change = fc.record({ at: fc.nat(background.length - 1), byte: fc.nat(255) })
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 2 }), async (changes) => {
        const bytes = Buffer.from(background)
        for (const { at, byte } of changes) bytes[at] = byte
        const splits = await load(bytes).catch((error) => {
          if (!isKshotError(error)) throw error
        })
        if (!splits) return
        const all = [splits.train, splits.validation, splits.test].flatMap(({ classes }) => classes)
        expect(all.reduce((sum, { size }) => sum + size, 0)).toBe(4)
      }),
      { numRuns: 150 },
    )
  })
})

describe('folders with what is no drawing', () => {
  const folder = () => {
    const data = join(root, String(folders++))
    const files = { ...drawings('images_background'), ...drawingsOf() }
    for (const [path, bytes] of Object.entries(files)) {
      mkdirSync(dirname(join(data, path)), { recursive: true })
      writeFileSync(join(data, path), bytes)
    }
    return { data, odd: join(data, 'images_background/Greek/character01/x.png') }
  }
  it.each<[string, (file: string) => void, string]>([
    ['a FIFO', (file) => execFileSync('mkfifo', [file]), 'FIFO'],
    ['an endless link', (file) => symlinkSync('/dev/zero', file), 'device'],
    ['a broken link', (file) => symlinkSync('/nowhere', file), 'broken link'],
    ['folders in a loop', (file) => symlinkSync(dirname(dirname(file)), file), 'contains it'],
  ])('%s', async (_, make, mention) => {
    const { data, odd } = folder()
    make(odd)
    const read = () => omniglot({ data, split: 'vinyals', rotations: 'none' })
    await expectError(read, 'episodes/unreadable-file', 'x.png', mention)
  })

  it('a folder that is named like a picture holds nothing, and is passed over', async () => {
    const { data, odd } = folder()
    mkdirSync(odd)
    const { train } = await omniglot({ data, split: 'vinyals', rotations: 'none' })
    expect(train.classes[0]).toMatchObject({ id: 'Greek/character01', size: 1 })
  })
})
