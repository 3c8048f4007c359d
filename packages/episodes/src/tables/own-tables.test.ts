import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isKshotError } from '@kshot/core'
import { exampleOf as example } from '@kshot/testkit'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import type { Splits } from '../dataset'
import { expectError } from '../testing'
import { textFile } from './text-file'
import { type VectorFileOptions, vectorFile } from './vector-file'

const root = mkdtempSync(join(tmpdir(), 'kshot-tables-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

let files = 0
function file(ending: string, content: string | Buffer): string {
  const path = join(root, `${files++}.${ending}`)
  writeFileSync(path, content)
  return path
}

const all = { splits: { train: 1, validation: 0, test: 0 }, standardise: false } as const
const species = ['ash', 'beech', 'cedar', 'elm']
const values = species.flatMap((label, c) =>
  [0, 1, 2].map((i) => ({ label, a: c + 0.5, b: i - 0.25 })),
)
const csv = (delimiter: string, number: (n: number) => string = String) =>
  [
    ['label', 'a', 'b'].join(delimiter),
    ...values.map(({ label, a, b }) => [label, number(a), number(b)].join(delimiter)),
  ].join('\n')

/** All examples, by class. */
function numbers({ train }: Splits) {
  return train.classes.map(({ id, size }, c) => [
    id,
    Array.from({ length: size }, (_, i) => example(train, c, i)),
  ])
}
const expected = species.map((label) => [
  label,
  values.filter((row) => row.label === label).map(({ a, b }) => [a, b]),
])

describe('formats of tables', () => {
  const json = values.map(({ label, a, b }) => JSON.stringify({ label, x: [a, b] }))
  const named = values.map((row) => JSON.stringify(row))
  it.each<[string, string, string | Buffer]>([
    ['commas', 'csv', csv(',')],
    ['semicolons', 'csv', csv(';')],
    ['tabs in a .csv', 'csv', csv('\t')],
    ['tabs in a .txt', 'txt', csv('\t')],
    ['bars', 'csv', csv('|')],
    ['commas in a .tsv', 'tsv', csv(',')],
    ['semicolons and decimal commas', 'csv', csv(';', (n) => String(n).replace('.', ','))],
    ['tabs and decimal commas', 'tsv', csv('\t', (n) => String(n).replace('.', ','))],
    ['the line in which Excel says the delimiter', 'csv', `sep=;\r\n${csv(';')}`],
    ['comments above the names', 'csv', `# measured in 1936\n#\n${csv(',')}`],
    ['line ends of Windows', 'csv', csv(',').replaceAll('\n', '\r\n')],
    ['line ends of old Macs', 'csv', csv(',').replaceAll('\n', '\r')],
    ['a byte order mark', 'csv', `\uFEFF${csv(',')}`],
    ['UTF-16, little endian', 'csv', Buffer.from(`\uFEFF${csv(';')}`, 'utf16le')],
    ['UTF-16, big endian', 'csv', Buffer.from(`\uFEFF${csv(',')}`, 'utf16le').swap16()],
    ['JSON Lines', 'jsonl', json.join('\n')],
    ['JSON Lines with a byte order mark', 'jsonl', `\uFEFF${json.join('\n')}`],
    ['JSON Lines as .ndjson', 'ndjson', json.join('\r\n')],
    ['a JSON list as .jsonl', 'jsonl', `[${json.join(',')}]`],
    ['JSON Lines as .json', 'json', json.join('\n')],
    ['a JSON list', 'json', `[${json.join(',\n')}]`],
    ['a JSON list with a byte order mark', 'json', `\uFEFF [${named.join()}]`],
    ['JSON with a key a column', 'jsonl', named.join('\n')],
    [
      'labels in capitals, with spaces',
      'csv',
      csv(',').replace('label,', ' Label ,').replaceAll('ash', ' ash '),
    ],
  ])('%s give the same numbers', async (_, ending, content) => {
    expect(numbers(await vectorFile(file(ending, content), all))).toEqual(expected)
  })

  it('whole numbers among decimal commas', async () => {
    const path = file('csv', 'label;a;b\nash;1,5;-2\nbeech;7;2,25\nelm;0;1e3\n')
    const read = numbers(await vectorFile(path, all))
    expect(read.map(([, rows]) => rows)).toEqual([[[1.5, -2]], [[7, 2.25]], [[0, 1000]]])
  })

  it('another delimiter, by its option', async () => {
    const path = file('csv', csv('#'))
    expect(numbers(await vectorFile(path, { ...all, delimiter: '#' }))).toEqual(expected)
    await expectError(
      () => vectorFile(path, { delimiter: '##' }),
      'episodes/bad-option',
      'delimiter',
    )
  })

  it('vectors as texts in one column of a CSV', async () => {
    for (const write of [
      (a: number, b: number) => `"[${a}, ${b}]"`,
      (a: number, b: number) => `[${a} ${b}]`,
      (a: number, b: number) => `${a};${b}`,
    ]) {
      const lines = values.map(({ label, a, b }) => `${label},note,${write(a, b)}`)
      const path = file('csv', ['label,note,embedding', ...lines].join('\n'))
      expect(numbers(await vectorFile(path, { ...all, vector: 'embedding' }))).toEqual(expected)
    }
  })

  it.each<[string, string, string | Buffer, ...(string | RegExp)[]]>([
    [
      'Latin-1',
      'csv',
      Buffer.from('label,a\ncaf\xe9,1\ncaf\xe8,2\n', 'latin1'),
      'line 2',
      '0xe9 at position 11',
      /UTF-8/,
    ],
    ['UTF-16 without a mark', 'csv', Buffer.from(csv(','), 'utf16le'), '0x00', 'UTF-16'],
    [
      'half a character',
      'csv',
      Buffer.from([...Buffer.from('label,a\nx,1\n'), 0xe2, 0x82]),
      'UTF-8',
    ],
    ['1e40', 'csv', 'label,a\nx,1e40\n', '"1e40"', 'float32'],
    ['thousands', 'csv', 'label;a\nx;1.234,5\n', /thousands/],
    ['a comma between commas', 'csv', 'label,a\nx,"1,5"\n', /comma/],
    ['commas beside points', 'csv', 'label;a\nx;1,5\ny;2.5\n', 'line 3', '1,5 has a decimal comma'],
    ['hexadecimal', 'csv', 'label,a\nx,0x10\n', '0x10'],
    ['a missing value', 'csv', 'label,a\nx,NA\n', 'missing value', 'exclude'],
    ['JSON that is an object', 'json', '{"data": []}', "an object with the keys 'data'"],
    ['NaN in JSON', 'jsonl', '{"label":"x","x":[NaN]}', /NaN/, /JSON/],
    ['an Excel workbook', 'xlsx', Buffer.from('PK\x03\x04\x14\0xl/', 'latin1'), 'Excel', /CSV/],
    ['an old Excel workbook', 'csv', Buffer.from('d0cf11e0a1b11ae1', 'hex'), 'Excel', /CSV/],
    ['a Parquet file', 'parquet', 'PAR1....PAR1', 'Parquet', /CSV/],
    ['a packed file', 'csv', Buffer.from([0x1f, 0x8b, 8, 0, 0]), 'gzip', 'gunzip'],
    ['a NumPy file', 'npy', Buffer.from('\x93NUMPY\x01\0', 'latin1'), 'NumPy'],
    ['deep JSON', 'jsonl', `{"label":"x","x":${'['.repeat(1e5)}${']'.repeat(1e5)}}`, 'brackets'],
    ['deep lists', 'json', '['.repeat(1e6), 'brackets'],
  ])('%s is told for what it is', async (_, ending, content, ...mentions) => {
    await expectError(
      () => vectorFile(file(ending, content), all),
      'episodes/damaged-file',
      ...mentions,
    )
  })

  it('a file without a first line of names', async () => {
    const path = file('csv', '5.1,3.5,setosa\n4.9,3.0,virginica\n')
    await expectError(() => vectorFile(path), 'episodes/bad-option', 'first line', 'x1,x2,label')
    const named = file('csv', 'a,Species\n1,setosa\n')
    await expectError(() => vectorFile(named), 'episodes/bad-option', "label: 'Species'")
  })

  it.each<[string, (path: string) => void, string]>([
    ['a FIFO', (path) => execFileSync('mkfifo', [path]), 'FIFO'],
    ['/dev/zero', (path) => symlinkSync('/dev/zero', path), 'device'],
    ['a folder', (path) => mkdirSync(path), 'folder'],
    ['a link to itself', (path) => symlinkSync(path, path), 'itself'],
  ])('%s is refused at once', async (_, make, mention) => {
    const path = join(root, `odd${files++}.csv`)
    make(path)
    await expectError(() => vectorFile(path), 'episodes/unreadable-file', mention)
  })

  it('three gigabytes are refused before they are read', async () => {
    const path = file('csv', '')
    truncateSync(path, 3 * 2 ** 30)
    await expectError(() => vectorFile(path), 'episodes/file-too-large', '3 GiB', '256 MiB')
  })

  it('wide headers take time in proportion to their width, and have a bound', async () => {
    const wide = (n: number) =>
      ['label', ...Array.from({ length: n }, (_, i) => `c${i}`)].join() +
      ['x', 'y'].map((label) => `\n${label}${',1'.repeat(n - 1)},${label === 'x' ? 1 : 2}`).join('')
    // Not the clock, which other programs slow down.
    const start = process.cpuUsage()
    const { train } = await vectorFile(file('csv', wide(40_000)), all)
    expect(process.cpuUsage(start).user / 1000).toBeLessThan(2000)
    expect(train.shape).toEqual([1])
    await expectError(
      () => vectorFile(file('csv', wide(200_000))),
      'episodes/damaged-file',
      '100000',
    )
  })
})

describe('labels', () => {
  it('are trimmed, and told', async () => {
    const { train, understood } = await vectorFile(
      file('csv', 'label,a\nrose ,1\nrose,2\nelm,3\n'),
      all,
    )
    expect(train.classes).toEqual([
      { id: 'rose', size: 2 },
      { id: 'elm', size: 1 },
    ])
    expect(understood?.notes.join()).toMatch('spaces around 1 label')
  })

  it('that differ in case, spaces or Unicode form alone are an error, unless they are meant', async () => {
    for (const [a, b] of [
      ['rose', 'Rose'],
      ['red rose', 'red  rose'],
      ['caf\u00e9', 'cafe\u0301'],
      ['Stra\u00dfe', 'STRASSE'],
      ['\u03bf\u03b4\u03cc\u03c2', '\u039f\u0394\u038c\u03a3'],
      ['\u2764', '\u2764\ufe0f'],
      ['\uff52ose', 'rose'],
      ['7', '7.0'],
      ['7', '007'],
    ]) {
      const path = file('csv', `label,a\n${a},1\n${b},2\n`)
      await expectError(() => vectorFile(path), 'episodes/same-class-twice', 'exact')
      expect((await vectorFile(path, { ...all, spelling: 'exact' })).train.classes).toHaveLength(2)
    }
  })

  it('may be true and false', async () => {
    const path = file('jsonl', '{"label":true,"x":[1]}\n{"label":false,"x":[2]}')
    expect((await vectorFile(path, all)).train.classes.map(({ id }) => id)).toEqual([
      'true',
      'false',
    ])
  })

  it('of a table of regression tasks, or measurements, are no classes', async () => {
    const rows = Array.from({ length: 40 }, (_, i) => `t${i % 8},${i / 7},${i / 3}`)
    const tasks = file('csv', ['task,x,y', ...rows].join('\n'))
    for (const options of [{}, { label: 'task' }]) {
      await expectError(
        () => vectorFile(tasks, options),
        'episodes/not-classes',
        'regression',
        'columns',
      )
    }
    const meant = await vectorFile(tasks, { ...all, label: 'task', columns: ['x', 'y'] })
    expect(meant.train.classes).toHaveLength(8)
    const prices = rows.map((_, i) => `${i / 7 + 0.01},${i % 3}`)
    const path = file('csv', ['price,rooms', ...prices].join('\n'))
    await expectError(
      () => vectorFile(path, { label: 'price' }),
      'episodes/not-classes',
      '40 different numbers',
    )
  })

  it('in a column split of any spelling; what is missing is taken from train, and told', async () => {
    const rows = species.flatMap((label) => [`${label},1,Training`, `${label},2, TRAIN `])
    const path = file('csv', ['label,a,split', ...rows, 'oak,1,Dev', 'fir,2,dev'].join('\n'))
    const { train, validation, test, understood } = await vectorFile(path)
    expect([train, validation, test].map(({ classes }) => classes.length)).toEqual([3, 2, 1])
    expect(understood?.dealt).toMatch('test taken from train')
    for (const name of ['constructor', '__proto__', 'toString', 'hasOwnProperty']) {
      const odd = file('csv', `split,label,a\n${name},x,1\n`)
      await expectError(() => vectorFile(odd), 'episodes/damaged-file', name)
    }
  })

  it('of small classes are left out and listed', async () => {
    const path = file('csv', `${csv(',')}\noak,1,2\n`)
    const { train, understood } = await vectorFile(path, { ...all, minExamples: 2 })
    expect(train.classes).toHaveLength(4)
    expect(understood?.small).toEqual([{ id: 'oak', size: 1 }])
  })
})

describe('columns', () => {
  const rows = (write: (i: number, label: string) => string, n = 24) =>
    Array.from({ length: n }, (_, i) => write(i, species[i % 4]!))
  const load = (lines: string[], options: VectorFileOptions = {}) =>
    vectorFile(file('csv', lines.join('\n')), { ...all, ...options })

  it.each<[string, string, (i: number) => string | number]>([
    ['integers that all differ', 'sample', (i) => (i * 7919) % 1000],
    ['a constant', 'version', () => 3],
    ['text under id', 'id', (i) => `u-${i}`],
    ['numbers under an id', 'plant_id', (i) => i % 5],
    ['a camel', 'plantId', (i) => i % 5],
    ['what pandas writes', 'Unnamed: 0', (i) => i / 2],
    ['what pandas writes without a name', '', (i) => i],
    ['seconds that count rows', 'time', (i) => (i * 0.01).toFixed(2)],
    ['the place of a row, from 0 to 1', 'place', (i) => i / 23],
  ])('%s are told and left out, unless asked for', async (_, name, value) => {
    const lines = [`${name},label,a`, ...rows((i, label) => `${value(i)},${label},${i % 3}`)]
    const { train, understood } = await load(lines)
    expect(train.shape).toEqual([1])
    expect(understood?.notes.join()).toMatch(`columns left out: '${name}'`)
    if (!Number.isFinite(Number(value(0)))) return
    expect((await load(lines, { columns: ['a', name] })).train.shape).toEqual([2])
  })

  it('that only look like one are kept: fractions, integers that repeat, an index of refraction', async () => {
    const lines = [
      'label,refractive_index,count,humid',
      ...rows((i, label) => `${label},${Math.sqrt(i)},${i % 9},${i % 5}`),
    ]
    expect((await load(lines)).train.shape).toEqual([3])
  })

  it('that give each class a number of its own are told, and so are keys beside x', async () => {
    const lines = ['label,a,code', ...rows((i, label) => `${label},${i % 3},${10 + (i % 4)}`)]
    const { train, understood } = await load(lines)
    expect(train.shape).toEqual([2])
    expect(understood?.notes.join()).toMatch(/'code' has one value a class/)
    const json = rows((i, label) => JSON.stringify({ label, x: [i], age: 3 }))
    const beside = await vectorFile(file('jsonl', json.join('\n')), all)
    expect(beside.understood?.notes.join()).toMatch("not read beside 'x': age")
  })

  it('can be named and excluded', async () => {
    const lines = ['label,a,b,name', ...rows((i, label) => `${label},${i % 3},${i % 5},n${i}`)]
    await expectError(() => load(lines), 'episodes/damaged-file', 'exclude', `'name' is "n0"`)
    expect((await load(lines, { exclude: ['name'] })).train.shape).toEqual([2])
    expect((await load(lines, { columns: ['b'] })).train.shape).toEqual([1])
    await expectError(() => load(lines, { columns: ['c'] }), 'episodes/bad-option', "'c' among")
    const counts = ['population,label', ...rows((i, label) => `${i * i},${label}`)]
    const { train, understood } = await load(counts)
    expect(train.shape).toEqual([1])
    expect(understood?.notes.join()).toMatch('no other columns: population')
    const ids = ['id,label', ...rows((i, label) => `${i},${label}`)]
    await expectError(() => load(ids), 'episodes/bad-option', "columns: ['id']")
  })
})

describe('texts', () => {
  it('of emoji alone are told apart; empty ones are counted', async () => {
    const lines = ['😀', '😀😀', '😡', '😡😡', ' '].map((text, i) =>
      JSON.stringify({ label: `c${Math.floor(i / 2)}`, text }),
    )
    const { train, understood } = await textFile(file('jsonl', lines.join('\n')), {
      splits: all.splits,
      features: 64,
    })
    expect(example(train, 0, 0)).not.toEqual(example(train, 1, 0))
    expect(example(train, 0, 0).some((v) => v !== 0)).toBe(true)
    expect(understood?.notes.join()).toMatch('1 text of 5 (20 %) are empty')
  })
})

describe('any bytes', () => {
  it('are read or refused, never anything else', async () => {
    const good = Buffer.from(csv(','))
    const change = fc.record({
      at: fc.nat(good.length - 1),
      bytes: fc.uint8Array({ maxLength: 4 }),
      ending: fc.constantFrom('csv', 'tsv', 'jsonl', 'json'),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
        const bytes = Buffer.from(good)
        for (const { at, bytes: other } of changes) bytes.set(other.slice(0, good.length - at), at)
        const path = join(root, `fuzz.${changes[0]!.ending}`)
        writeFileSync(path, bytes)
        await vectorFile(path, all).catch((error) => {
          if (!isKshotError(error)) throw error
        })
      }),
      { numRuns: 200 },
    )
  })
})
