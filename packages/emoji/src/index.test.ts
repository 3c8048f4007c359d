import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { isKshotError } from '@kshot/core'
import { datasetSuite } from '@kshot/testkit'
import { describe, expect, it } from 'vitest'
import { type EmojiSplit, emoji } from '.'

const file = new URL('../data/emoji.bin', import.meta.url)

datasetSuite('emoji', async () => (await emoji()).test)

const groupsOf = ({ classes }: EmojiSplit) => [...new Set(classes.map(({ group }) => group))]

describe('its classes', () => {
  it('are in one split by group, and look-alikes in one group', async () => {
    const { train, validation, test } = await emoji()
    expect([train, validation, test].map(groupsOf)).toEqual([
      [
        'Smileys & Emotion',
        'People & Body',
        'Sky & Weather',
        'Activities',
        'Objects',
        'Symbols',
        'Flags',
      ],
      ['Travel & Places', 'Clock faces'],
      ['Animals & Nature', 'Food & Drink'],
    ])
    const all = [train, validation, test].flatMap(({ classes }) => classes)
    const group = (name: string) => all.find(({ id }) => id.endsWith(`/${name}`))?.group
    expect(group('three-oclock')).toBe('Clock faces')
    for (const name of ['grinning-cat', 'see-no-evil-monkey', 'christmas-tree']) {
      expect(group(name)).toBe('Animals & Nature')
    }
    expect(
      all.filter(({ id }) => /skin-tone|^Symbols.(red|white|black|blue)-(circle|square)$/.test(id)),
    ).toEqual([])
    expect(train.classes[0]).toEqual({
      id: 'Smileys & Emotion/grinning-face',
      group: 'Smileys & Emotion',
      size: 6,
      emoji: '😀',
    })
  })

  it('have four to seven drawings, each by another artist', async () => {
    for (const split of Object.values(await emoji())) {
      for (const [c, { size }] of split.classes.entries()) {
        const drawers = Array.from({ length: size }, (_, i) => split.drawer(c, i))
        expect([4, 5, 6, 7]).toContain(new Set(drawers).size)
        expect(drawers.length).toBe(new Set(drawers).size)
      }
    }
  })
})

describe('its pictures', () => {
  it('are the same everywhere', async () => {
    const hash = createHash('sha256')
    for (const split of Object.values(await emoji())) {
      for (const [c, { size }] of split.classes.entries()) {
        for (let i = 0; i < size; i++) hash.update(split.rgba(c, i))
      }
    }
    expect(hash.digest('hex')).toMatchInlineSnapshot(
      `"585c2e259cc78c5f530dd7f786ae8784d87c845c836b369a324eeb3786971d42"`,
    )
  })

  it('are read on white, in [0, 1]', async () => {
    const { test } = await emoji()
    const values = new Float32Array(64 * 64 * 3)
    const seen = new Set<number>()
    for (const classIndex of test.classes.keys()) {
      test.read(classIndex, 1, values, 0)
      const rgba = test.rgba(classIndex, 1)
      for (let p = 0; p < 64 * 64; p += 97) {
        const [red, green, blue, alpha] = rgba.subarray(4 * p, 4 * p + 4)
        seen.add(alpha!)
        for (const [c, colour] of [red, green, blue].entries()) {
          const expected = (colour! / 255) * (alpha! / 255) + 1 - alpha! / 255
          expect(values[3 * p + c]).toBeCloseTo(expected, 6)
        }
      }
    }
    expect(seen.has(0) && seen.has(255)).toBe(true)
  })
})

describe('its file', () => {
  it('is read from bytes, a buffer, a URL, the string of one and a path', async () => {
    const bytes = new Uint8Array(await readFile(file))
    for (const source of [bytes, bytes.buffer, file, file.href, fileURLToPath(file)]) {
      expect((await emoji({ source })).test.classes.length).toBeGreaterThan(200)
    }
  })

  it('damaged, truncated or missing is told apart from good data', async () => {
    const bytes = new Uint8Array(await readFile(file))
    const cases = [
      [bytes.map((byte, i) => (i === 500_000 ? byte ^ 1 : byte)), 'emoji/damaged'],
      [bytes.subarray(0, 5000), 'emoji/damaged'],
      [new Uint8Array(0), 'emoji/damaged'],
      [new URL('nowhere.bin', file), 'emoji/unreadable'],
    ] as const
    for (const [source, code] of cases) {
      const error = await emoji({ source }).catch((caught) => caught)
      expect(isKshotError(error, code)).toBe(true)
    }
  })
})
