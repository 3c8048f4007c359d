import { readFile } from 'node:fs/promises'
import { crc32, isKshotError } from '@kshot/core'
import { expect, test } from 'vitest'
import { glyphs } from '.'

const file = new URL('../data/glyphs.bin', import.meta.url)
const example = (values = new Float32Array(784)) => values

test('scripts are disjoint between splits, and related scripts lie in one', async () => {
  const { train, validation, test } = await glyphs()
  const scripts = [train, validation, test].map((split) => [
    ...new Set(split.classes.map(({ group }) => group)),
  ])
  expect(scripts).toEqual([
    [
      'Latin capitals',
      'Latin small letters',
      'Greek',
      'Cyrillic',
      'Devanagari',
      'Hiragana',
      'Katakana',
    ],
    ['Hangul', 'Arabic'],
    ['Thai', 'Hebrew', 'Telugu'],
  ])
})

test('every character has twenty drawers, each a listed typeface', async () => {
  const table = JSON.parse(await readFile(new URL('../typefaces.json', import.meta.url), 'utf8'))
  const listed = new Set(table.map((row: { family: string }) => row.family))
  const splits = Object.values(await glyphs())
  const ids = splits.flatMap((split) => split.classes.map(({ id }) => id))
  expect(new Set(ids).size).toBe(ids.length)
  expect(ids.length).toBeGreaterThanOrEqual(400)
  for (const split of splits) {
    split.classes.forEach(({ size }, classIndex) => {
      const drawers = Array.from({ length: size }, (_, i) => split.drawer(classIndex, i))
      expect(new Set(drawers).size).toBe(20)
      expect(drawers.filter((drawer) => !listed.has(drawer))).toEqual([])
    })
  }
})

test('an example is ink on an empty border, written where it was asked for', async () => {
  const { test } = await glyphs()
  const target = example(new Float32Array(3 * 784)).fill(7)
  for (const classIndex of test.classes.keys()) {
    test.read(classIndex, classIndex % 20, target, 784)
    const image = target.subarray(784, 2 * 784)
    expect(image.every((value) => value >= 0 && value <= 1)).toBe(true)
    expect(image.some((value) => value === 1)).toBe(true)
    const border = image.filter((_, i) => i < 28 || i >= 756 || i % 28 === 0 || i % 28 === 27)
    expect(border.every((value) => value === 0)).toBe(true)
  }
  expect(target[783]).toBe(7)
  expect(target[2 * 784]).toBe(7)
})

test('a class, an example or a target that does not exist is an error', async () => {
  const { train } = await glyphs()
  expect(() => train.read(train.classes.length, 0, example(), 0)).toThrow(RangeError)
  expect(() => train.read(0, 20, example(), 0)).toThrow(RangeError)
  expect(() => train.read(0, 0, example(), 1)).toThrow(RangeError)
})

test('bytes, a buffer and a URL give the same data', async () => {
  const bytes = new Uint8Array(await readFile(file))
  const images = await Promise.all(
    [bytes, bytes.buffer, file].map(async (source) => {
      const { validation } = await glyphs({ source })
      const image = example()
      validation.read(5, 6, image, 0)
      return image
    }),
  )
  expect(images[1]).toEqual(images[0])
  expect(images[2]).toEqual(images[0])
})

test('damaged, truncated and missing data is told apart from good data', async () => {
  const bytes = new Uint8Array(await readFile(file))
  const flipped = bytes.map((byte, i) => (i === 5000 ? byte ^ 1 : byte))
  const cases = [
    [flipped, 'glyphs/damaged'],
    [bytes.subarray(0, 5000), 'glyphs/damaged'],
    [new Uint8Array(3), 'glyphs/damaged'],
    [new URL('nowhere.bin', file), 'glyphs/unreadable'],
  ] as const
  for (const [source, code] of cases) {
    const error = await glyphs({ source }).catch((caught) => caught)
    expect(isKshotError(error, code)).toBe(true)
  }
})

test('crc32 is the usual one', () => {
  expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926)
})
