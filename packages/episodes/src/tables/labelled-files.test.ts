import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { datasetSuite, exampleOf as example, rebuilt } from '@kshot/testkit'
import { afterAll, describe, expect, it } from 'vitest'
import type { Dataset } from '../dataset'
import { expectError } from '../testing'
import { bagOfNgrams } from './bag-of-ngrams'
import { textFile } from './text-file'
import { vectorFile } from './vector-file'

const root = mkdtempSync(join(tmpdir(), 'kshot-files-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

function file(name: string, lines: readonly string[]): string {
  const path = join(root, name)
  writeFileSync(path, `${lines.join('\n')}\n`)
  return path
}

const species = ['ash', 'beech', 'cedar', 'dogwood', 'elm']
/** Four of each; `size` follows the class, `seed` varies within it, `same` never varies. */
const trees = file('trees.csv', [
  'label,size,seed,same',
  ...species.flatMap((name, c) => [0, 1, 2, 3].map((i) => `${name},${c},${i},7`)),
])
const all = { splits: { train: 1, validation: 0, test: 0 } }
const intents = file('intents.jsonl', [
  ...['balance', 'weather', 'alarm', 'music', 'timer'].flatMap((label) =>
    [1, 2, 3].map((i) => JSON.stringify({ label, text: `${label} number ${i}, please` })),
  ),
])

datasetSuite('a file of vectors', async () => (await vectorFile(trees, all)).train)
datasetSuite('a file of texts', async () => (await textFile(intents, all)).train)

describe('a file of vectors', () => {
  it('is read by class, each column standardised by the training examples', async () => {
    const { train } = await vectorFile(trees, all)
    expect(train.shape).toEqual([2])
    expect(train.classes).toEqual(species.map((id) => ({ id, size: 4 })))
    const column = species.flatMap((_, c) => [0, 1, 2, 3].map((i) => example(train, c, i)[0]!))
    expect(column.reduce((a, b) => a + b)).toBeCloseTo(0, 4)
    expect(column.reduce((a, b) => a + b * b, 0) / 20).toBeCloseTo(1, 4)
    const raw = await vectorFile(trees, { ...all, standardise: false })
    expect(example(raw.train, 4, 3)).toEqual([4, 3])
    const columns = ['same', 'size']
    const asked = await vectorFile(trees, { ...all, columns })
    expect(example(asked.train, 2, 0)[0]).toBe(0)
  })

  it('takes nothing from the test examples', async () => {
    const rows = (test: number) => ['label,x,split', 'a,1,train', 'b,3,train', `c,${test},test`]
    const [near, far] = [file('near.csv', rows(2)), file('far.csv', rows(1e6))]
    const [one, other] = [await vectorFile(near), await vectorFile(far)]
    expect(example(one.train, 1, 0)).toEqual(example(other.train, 1, 0))
    expect(example(one.train, 1, 0)).toEqual([1])
  })

  it('deals classes by the seed, whatever the order of lines', async () => {
    const ids = async (path: string, seed: number) => {
      const splits = await vectorFile(path, { seed })
      return [splits.train, splits.validation, splits.test].map(({ classes }) =>
        classes.map(({ id }) => id).sort(),
      )
    }
    const dealt = await ids(trees, 1)
    expect(dealt.map(({ length }) => length)).toEqual([3, 1, 1])
    expect(dealt.flat().sort()).toEqual(species)
    const backwards = [...species].reverse()
    const turned = file('turned.csv', ['size,label', ...backwards.map((name, i) => `${i},${name}`)])
    expect(await ids(turned, 1)).toEqual(dealt)
    const others = await Promise.all([2, 3, 4, 5].map((seed) => ids(trees, seed)))
    expect(others.some((other) => JSON.stringify(other) !== JSON.stringify(dealt))).toBe(true)
  })

  it('takes JSONL and TSV, another name for the label, and splits that are given', async () => {
    const rows = [
      { kind: 'a', x: [1, 2], split: 'train' },
      { kind: 'b', x: [3, 4], split: 'val' },
      { kind: 7, x: [5, 6.5], split: 'test' },
    ]
    const options = { label: 'kind', standardise: false }
    const json = file(
      'vectors.jsonl',
      rows.map((row) => JSON.stringify(row)),
    )
    const tsv = file('vectors.tsv', [
      '\uFEFFkind\tx1\tsplit\tx2',
      ...rows.map(({ kind, x, split }) => [kind, x[0], split, x[1]].join('\t')),
    ])
    for (const path of [json, tsv]) {
      const { train, validation, test, given } = await vectorFile(path, options)
      expect(given).toBe(true)
      const ids = [train, validation, test].map(({ classes }) => classes.map(({ id }) => id))
      expect(ids).toEqual([['a'], ['b'], ['7']])
      expect(example(test, 0, 0)).toEqual([5, 6.5])
    }
  })

  it('has specs that build each split again', async () => {
    const { test } = await vectorFile(trees, { seed: 3 })
    const again = await rebuilt<Dataset>(test.spec, 'dataset', () => import('../node'))
    expect(again.classes).toEqual(test.classes)
    expect(example(again, 0, 2)).toEqual(example(test, 0, 2))
  })
})

describe('a file of texts', () => {
  it('is bags of n-grams by class', async () => {
    const { train } = await textFile(intents, { ...all, features: 64 })
    expect(train.shape).toEqual([64])
    expect(train.classes[2]).toEqual({ id: 'alarm', size: 3 })
    const bag = bagOfNgrams('alarm number 2, please', 64)
    expect(example(train, 2, 1)).toEqual([...bag])
  })

  it('has specs that build each split again', async () => {
    const { train } = await textFile(intents, { features: 32 })
    const again = await rebuilt<Dataset>(train.spec, 'dataset', () => import('../node'))
    expect(example(again, 0, 0)).toEqual(example(train, 0, 0))
  })
})

describe('bad input', () => {
  it.each<[string, string[], string, ...(string | RegExp)[]]>([
    ['no label', ['size', '1'], 'episodes/bad-option', 'line 2', "no 'label' among size"],
    [
      'a word',
      ['label,size', 'a,1', 'b,big'],
      'episodes/damaged-file',
      'line 3',
      `'size' is "big"`,
    ],
    ['an empty field', ['label,size', 'a,'], 'episodes/damaged-file', 'line 2', `is ""`],
    ['infinity', ['label,size', 'a,Infinity'], 'episodes/damaged-file', 'line 2'],
    ['a missing field', ['label,x,y', 'a,1'], 'episodes/damaged-file', 'line 2', '2 fields'],
    ['a name twice', ['label,x,x', 'a,1,2'], 'episodes/damaged-file', "two columns 'x'"],
    ['an open quote', ['label,x', '"a,1'], 'episodes/damaged-file', 'never closed'],
    ['labels alone', ['label', 'a'], 'episodes/damaged-file', 'line 2', 'no numbers'],
    ['no class', ['label,x', ',1'], 'episodes/damaged-file', 'line 2', 'label ""'],
    ['nothing', ['label,x'], 'episodes/damaged-file', 'without examples'],
    ['an unknown split', ['label,x,split', 'a,1,toString'], 'episodes/damaged-file', '"toString"'],
    [
      'a class in two splits',
      ['label,x,split', 'a,1,train', 'a,2,test'],
      'episodes/splits-overlap',
      "'a'",
    ],
  ])('%s in a CSV of vectors', async (name, lines, code, ...mentions) => {
    const path = file(`${name}.csv`, lines)
    await expectError(() => vectorFile(path, all), code, ...mentions)
  })

  it.each<[string, string[], ...string[]]>([
    ['no JSON', ['{"label": "a", "x": [1]}', '{"label":'], 'line 2', 'one JSON object per line'],
    ['a list', ['["a", 1]'], 'line 1'],
    [
      'lengths that differ',
      ['{"label":"a","x":[1,2]}', '{"label":"b","x":[1]}'],
      'line 2',
      '1 numbers',
    ],
    ['null', ['{"label":"a","x":[1,null]}'], 'line 1', 'x[1] is null'],
    ['a text for numbers', ['{"label":"a","x":[1]}', '{"label":"b","x":"1"}'], 'line 2'],
    [
      'a split in some lines',
      ['{"label":"a","x":[1],"split":"train"}', '{"label":"b","x":[1]}'],
      'line 2',
      'no split',
    ],
  ])('%s in a JSONL of vectors', async (name, lines, ...mentions) => {
    const path = file(`${name}.jsonl`, lines)
    const patterns = mentions.map((mention) => new RegExp(mention.replace(/[[\]]/g, '\\$&')))
    await expectError(() => vectorFile(path, all), 'episodes/damaged-file', ...patterns)
  })

  it('a file that is not there, and one without texts', async () => {
    const missing = join(root, 'nowhere.csv')
    await expectError(() => vectorFile(missing), 'episodes/data-not-found', 'nowhere.csv')
    await expectError(() => textFile(trees), 'episodes/damaged-file', 'line 2', "no 'text'")
    const numbers = file('numbers.jsonl', ['{"label":"a","text":3}'])
    await expectError(() => textFile(numbers), 'episodes/damaged-file', "'text' is 3")
  })

  it('shares that do not sum to 1', async () => {
    const splits = { train: 0.5, validation: 0.2, test: 0.2 }
    await expectError(() => vectorFile(trees, { splits }), 'episodes/bad-option', '0.5, 0.2, 0.2')
  })
})
