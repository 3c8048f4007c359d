import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { episodeSetHash, episodes } from '../index'
import { type Characters, type OmniglotOptions, readCharacters, splitCharacters } from './omniglot'

const folder = fileURLToPath(new URL('../../../../../shared/data/omniglot', import.meta.url))

describe.skipIf(!existsSync(folder))('Omniglot (needs the data set: not found)', () => {
  let all: Characters
  beforeAll(async () => {
    all = await readCharacters(folder, 28, 'nearest')
  })

  it('has the published split of Vinyals, 1,028 / 172 / 423 characters, 20 drawings each', () => {
    const splits = splitCharacters(all, { split: 'vinyals', rotations: 'none' })
    for (const [name, file] of [
      ['train', 'train'],
      ['validation', 'val'],
      ['test', 'test'],
    ] as const) {
      const published = readFileSync(`${folder}/split-vinyals/${file}.txt`, 'utf8')
        .trim()
        .split('\n')
      expect(splits[name].classes.map(({ id }) => id)).toEqual(published.sort())
      expect(new Set(splits[name].classes.map(({ size }) => size))).toEqual(new Set([20]))
    }
  })

  it('has Finn’s and Lake’s sizes, and rotations where asked for', () => {
    const sizes = (options: OmniglotOptions) =>
      Object.values(splitCharacters(all, options)).map(({ classes }) => classes.length)
    expect(sizes({ split: 'finn' })).toEqual([4400, 400, 1692])
    expect(sizes({ split: 'finn', rotations: 'train' })).toEqual([4400, 100, 423])
    const [train, validation, test] = sizes({ split: 'lake', rotations: 'none' })
    expect([train! + validation!, test]).toEqual([964, 659])
  })

  it('gives the papers’ pixels: 0 or 1, ink the smaller part, the same hash as ever', () => {
    const { test } = splitCharacters(all, { split: 'vinyals' })
    const pixels = new Float32Array(784)
    test.read(3, 5, pixels, 0)
    expect(new Set(pixels)).toEqual(new Set([0, 1]))
    const ink = pixels.reduce((sum, v) => sum + v, 0)
    expect(ink).toBeGreaterThan(20)
    expect(ink).toBeLessThan(250)
    const source = episodes(test, { ways: 5, shots: 1, queries: 15, seed: 2 })
    expect(episodeSetHash(source, 20)).toMatchInlineSnapshot(
      `"26616c4449b4a7903356a1b2b86acf9828ea0e1cea64ee0ebe4b836ac30196aa"`,
    )
  })
})
