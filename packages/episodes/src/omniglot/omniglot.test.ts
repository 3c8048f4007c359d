import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { episodeSetHash, episodes } from '../index'
import { omniglot } from './omniglot'

const folder = fileURLToPath(new URL('../../../../../shared/data/omniglot', import.meta.url))

describe.skipIf(!existsSync(folder))('Omniglot (needs the data set: not found)', () => {
  it('has the published split of Vinyals, 1,028 / 172 / 423 characters, 20 drawings each', async () => {
    const splits = await omniglot({ data: folder, split: 'vinyals', rotations: 'none' })
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

  it('has Finn’s and Lake’s sizes, and rotations where asked for', async () => {
    const sizes = async (options: object) => {
      const { train, validation, test } = await omniglot({
        data: folder,
        split: 'finn',
        ...options,
      })
      return [train, validation, test].map(({ classes }) => classes.length)
    }
    expect(await sizes({})).toEqual([4400, 400, 1692])
    expect(await sizes({ rotations: 'train' })).toEqual([4400, 100, 423])
    expect(await sizes({ split: 'vinyals', rotations: 'none', trainSplit: 'train+val' })).toEqual([
      1200, 172, 423,
    ])
    const [train, validation, test] = await sizes({ split: 'lake', rotations: 'none' })
    expect([train! + validation!, test]).toEqual([964, 659])
  })

  it('gives the papers’ pixels: 0 or 1, ink the smaller part, the same hash as ever', async () => {
    const { test } = await omniglot({ data: folder, split: 'vinyals' })
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
