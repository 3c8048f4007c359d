import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { episodeSetHash, episodes } from '../index'
import { type Characters, type OmniglotOptions, splitCharacters as splitAs } from './characters'
import { readCharacters } from './omniglot'

const folder = fileURLToPath(new URL('../../../../../shared/data/omniglot', import.meta.url))

const splitCharacters = (all: Characters, options: OmniglotOptions) =>
  splitAs(all, options, '@kshot/episodes/node')

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

  it('splits of Vinyals train on characters that Lake tests on; Lake’s do not', () => {
    const ids = (split: 'vinyals' | 'lake') => {
      const splits = splitCharacters(all, { split, rotations: 'none' })
      const of = (name: 'train' | 'validation' | 'test') => splits[name].classes.map(({ id }) => id)
      return { train: of('train'), validation: of('validation'), test: of('test') }
    }
    const [vinyals, lake] = [ids('vinyals'), ids('lake')]
    const seen = (trained: string[]) => trained.filter((id) => lake.test.includes(id)).length
    expect([seen(vinyals.train), seen(vinyals.validation)]).toEqual([236, 0])
    expect([seen(lake.train), seen(lake.validation)]).toEqual([0, 0])
  })

  it('has 20 alphabets of at least 20 characters to test on: each once in 20 runs', () => {
    const { test } = splitCharacters(all, { split: 'lake', rotations: 'none' })
    const options = { ways: 20, shots: 1, queries: 1, within: 'group', drawers: 'shared' } as const
    const source = episodes(test, { ...options, seed: 'test 0' })
    const alphabets = Array.from({ length: 20 }, (_, i) => {
      const { classes, support, query } = source.plan(i)
      const [taught, asked] = [support, query].map((slots) => slots.map(({ example }) => example))
      expect([new Set(taught).size, new Set(asked).size]).toEqual([1, 1])
      expect(taught![0]).not.toBe(asked![0])
      const groups = new Set(classes.map((c) => test.classes[c]!.group))
      expect(groups.size).toBe(1)
      return [...groups][0]
    })
    expect(new Set(alphabets).size).toBe(20)
  })

  it('numbers drawings by who drew them: in each alphabet some draw larger than others', () => {
    const ratios = Object.values(heights(all)).map(betweenOverWithin)
    expect(ratios).toHaveLength(50)
    // F(19, 250): 1 is expected where the number means nothing, 2.4 once in a thousand alphabets
    expect(Math.min(...ratios)).toBeGreaterThan(4)
  })
})

/** By alphabet: the height of each drawing, a row a character and a column a drawer. */
function heights({ dataset }: Characters): { [alphabet: string]: number[][] } {
  const rows: { [alphabet: string]: number[][] } = {}
  const pixels = new Float32Array(784)
  for (const [c, { group, size }] of dataset.classes.entries()) {
    const row = Array.from({ length: size }, (_, example) => {
      dataset.read(c, example, pixels, 0)
      return Math.floor(pixels.lastIndexOf(1) / 28) - Math.floor(pixels.indexOf(1) / 28)
    })
    rows[group!] = [...(rows[group!] ?? []), row]
  }
  return rows
}

/** Analysis of variance: the variance between columns over that within them, rows centred. */
function betweenOverWithin(rows: number[][]): number {
  const mean = (values: number[]) => values.reduce((sum, v) => sum + v, 0) / values.length
  const centred = rows.map((row) => row.map((v) => v - mean(row)))
  const columns = rows[0]!.map((_, k) => centred.map((row) => row[k]!))
  const [n, k] = [rows.length, columns.length]
  const between = (n * columns.reduce((sum, column) => sum + mean(column) ** 2, 0)) / (k - 1)
  const rest = columns.flatMap((column) => column.map((v) => (v - mean(column)) ** 2))
  return between / (rest.reduce((sum, v) => sum + v, 0) / ((n - 1) * (k - 1)))
}
