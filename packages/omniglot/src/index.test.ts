import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { isKshotError } from '@kshot/core'
import { type Dataset, episodeSetHash, episodes, exampleSize } from '@kshot/episodes'
import { omniglot as fromFiles } from '@kshot/episodes/node'
import { datasetSuite, exampleOf as example } from '@kshot/testkit'
import { describe, expect, it } from 'vitest'
import { omniglot, omniglotSplit } from '.'

type SplitOptions = Parameters<typeof omniglotSplit>[0]

const file = new URL('../data/omniglot.bin', import.meta.url)
const official = fileURLToPath(new URL('../../../../shared/data/omniglot', import.meta.url))

datasetSuite('Omniglot', async () => {
  return (await omniglot({ split: 'vinyals', rotations: 'none' })).test
})

/** SHA-256 over the pixels of all drawings, by alphabet, character and drawer. */
async function pixelHash(size: number): Promise<string> {
  const { train, validation, test } = await omniglot({ split: 'vinyals', rotations: 'none', size })
  const classes = [train, validation, test].flatMap((split) =>
    split.classes.map(({ id, size: drawers }, classIndex) => ({ id, drawers, classIndex, split })),
  )
  const hash = createHash('sha256')
  const pixels = new Float32Array(size * size)
  for (const { split, classIndex, drawers } of classes.sort((a, b) => (a.id < b.id ? -1 : 1))) {
    for (let drawer = 0; drawer < drawers; drawer++) {
      split.read(classIndex, drawer, pixels, 0)
      hash.update(new Uint8Array(pixels))
    }
  }
  return hash.digest('hex')
}

describe('its 32,460 drawings', () => {
  it('are the official ones at 105 × 105', async () => {
    // sha256 over 1 - Image.open(drawing), by alphabet, character and file name
    expect(await pixelHash(105)).toBe(
      '612d7796515fc970067d8cbc08190644d938ec51d4c589143754e8e9a3925aab',
    )
  })

  it('are those of Pillow 13 at 28 × 28', async () => {
    // sha256 over 1 - Image.open(drawing).resize((28, 28)), by alphabet, character and file name
    expect(await pixelHash(28)).toBe(
      'da971463182b863c55b965302ea2d50fcbfb29a07689955ea6e3727069167a59',
    )
  })
})

describe('its splits', () => {
  it('give the episodes that results are of', async () => {
    const { test } = await omniglot({ split: 'vinyals' })
    const source = episodes(test, { ways: 5, shots: 1, queries: 15, seed: 2 })
    expect(episodeSetHash(source, 20)).toBe(
      '26616c4449b4a7903356a1b2b86acf9828ea0e1cea64ee0ebe4b836ac30196aa',
    )
  })

  it('can be built again from their specs, which name this package', async () => {
    const { test } = await omniglot({ split: 'finn', seed: 3, rotations: 'none' })
    expect(test.spec.package).toBe('@kshot/omniglot')
    const again = await omniglotSplit(test.spec.options as unknown as SplitOptions)
    expect(again.classes).toEqual(test.classes)
    expect(example(again, 5, 1)).toEqual(example(test, 5, 1))
  })
})

describe.skipIf(!existsSync(official))('beside the official files (not found)', () => {
  it.each([
    { split: 'vinyals', rotations: 'all' },
    { split: 'finn', seed: 7, rotations: 'train', resize: 'area' },
    { split: 'lake', rotations: 'none', size: 20, resize: 'area' },
  ] as const)('$split has the same classes, pixels and episodes', async (options) => {
    const [here, there] = [await omniglot(options), await fromFiles({ ...options, data: official })]
    for (const name of ['train', 'validation', 'test'] as const) {
      const [own, other] = [here[name], there[name]]
      expect(own.classes).toEqual(other.classes)
      expect(own.shape).toEqual(other.shape)
      // that all drawings are the official ones is shown above
      expect(examplesThatDiffer(own, other, { every: 10 })).toEqual([])
      const hash = (data: Dataset) =>
        episodeSetHash(episodes(data, { ways: 5, shots: 1, queries: 5, seed: name }), 50)
      expect(hash(own)).toBe(hash(other))
    }
  })
})

/** Compares all drawings of every so many classes. */
function examplesThatDiffer(one: Dataset, other: Dataset, { every }: { every: number }): string[] {
  const [a, b] = [one, other].map((data) => new Float32Array(exampleSize(data)))
  return one.classes.flatMap(({ id, size }, classIndex) =>
    classIndex % every > 0
      ? []
      : Array.from({ length: size }, (_, drawer) => {
          one.read(classIndex, drawer, a!, 0)
          other.read(classIndex, drawer, b!, 0)
          return Buffer.compare(Buffer.from(a!.buffer), Buffer.from(b!.buffer)) === 0 ? [] : [id]
        }).flat(),
  )
}

describe('its file', () => {
  it('is read from bytes, a buffer, a URL and the string of one', async () => {
    const bytes = new Uint8Array(await readFile(file))
    for (const source of [bytes, bytes.buffer, file, file.href, fileURLToPath(file)]) {
      const { test } = await omniglot({ split: 'lake', source })
      expect(test.classes).toHaveLength(4 * 659)
    }
  })

  it('damaged, truncated or missing is told apart from good data', async () => {
    const bytes = new Uint8Array(await readFile(file))
    const cases = [
      [bytes.map((byte, i) => (i === 5000 ? byte ^ 1 : byte)), 'omniglot/damaged'],
      [bytes.subarray(0, 5000), 'omniglot/damaged'],
      [new Uint8Array(0), 'omniglot/damaged'],
      [new URL('nowhere.bin', file), 'omniglot/unreadable'],
    ] as const
    for (const [source, code] of cases) {
      const error = await omniglot({ split: 'lake', source }).catch((caught) => caught)
      expect(isKshotError(error, code)).toBe(true)
    }
  })
})
