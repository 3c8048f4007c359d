import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { labelledRows, regressionFile, textFile, vectorFile } from '@kshot/episodes/node'
import fc from 'fast-check'
import { type Attack, REFUSED } from '../attack'
import { folderFor } from '../command'
import { damage } from '../damage'
import { mutation } from '../hostile-json'
import { inputs } from '../random'
import { type Fault, tally, wrong } from '../tally'

/** Labels and column names that programs trip over; all are texts. */
const NAMES = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '=1+1',
  '<b>',
  'a"b',
  'a,b',
  'a;b\tc',
  'two\nlines',
  '\u202egnp.exe',
  '\u001b[31mred',
  'é',
  'e\u0301',
  '\u{1f600}',
  '0',
  'true',
  'x'.repeat(5000),
]

const name = fc.oneof(
  fc.constantFrom(...NAMES),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }),
)

interface Rows {
  readonly header: readonly string[]
  readonly rows: readonly { readonly label: string; readonly numbers: readonly number[] }[]
}

const rows: fc.Arbitrary<Rows> = fc
  .record({
    columns: fc.uniqueArray(name, { minLength: 1, maxLength: 3, selector: (one) => one.trim() }),
    labels: fc.array(name, { minLength: 3, maxLength: 6 }),
    number: fc.integer({ min: -99, max: 99 }),
  })
  .map(({ columns, labels, number }) => ({
    header: columns,
    rows: labels.flatMap((label, i) =>
      [0, 1].map((k) => ({ label, numbers: columns.map((_, c) => number + i * 7 + k + c) })),
    ),
  }))

const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`

function csvOf({ header, rows: all }: Rows, delimiter: string): string {
  const lines = all.map(({ label, numbers }) => [quoted(label), ...numbers].join(delimiter))
  return [['label', ...header.map(quoted)].join(delimiter), ...lines].join('\n')
}

function jsonLinesOf({ header, rows: all }: Rows): string {
  const line = ({ label, numbers }: Rows['rows'][number]) =>
    `{"label":${JSON.stringify(label)},${header.map((one, c) => `${JSON.stringify(one)}:${numbers[c]}`).join()}}`
  return all.map(line).join('\n')
}

/** A table, and whether it must be refused. */
interface Given {
  readonly kind: string
  readonly ending: string
  readonly bytes: Uint8Array
  readonly bad?: boolean
  /** What stands in it, if it is whole. */
  readonly rows?: Rows
}

const bytesOf = (text: string) => new Uint8Array(Buffer.from(text))

const whole: fc.Arbitrary<Given> = fc
  .tuple(
    rows,
    fc.constantFrom(',', ';', '\t', '|'),
    fc.constantFrom('csv', 'jsonl', 'utf16', 'bom'),
  )
  .map(([all, delimiter, kind]) => {
    if (kind === 'jsonl') return { kind, ending: kind, bytes: bytesOf(jsonLinesOf(all)), rows: all }
    const text = csvOf(all, delimiter)
    if (kind === 'csv') return { kind, ending: kind, bytes: bytesOf(text), rows: all }
    const encoding = kind === 'utf16' ? 'utf16le' : 'utf8'
    const bytes = new Uint8Array(Buffer.from(`\ufeff${text}`, encoding))
    return { kind, ending: 'csv', bytes, rows: all }
  })

/** A byte that no UTF-8 has, at any place of a text of ASCII. */
const notUtf8: fc.Arbitrary<Given> = fc
  .tuple(
    fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
    fc.constantFrom(0, 0x80, 0xe9, 0xff),
    fc.constantFrom('csv', 'tsv', 'jsonl', 'json'),
  )
  .map(([where, byte, ending]) => {
    const text = ending.startsWith('json') ? JSONL : CSV
    const bytes = bytesOf(text.padEnd(text.length + (ending === 'csv' ? 100 : 0), '\nz,9,9'))
    bytes[Math.floor(where * bytes.length)] = byte
    return { kind: `byte ${byte}`, ending, bytes, bad: true }
  })

const CSV = `label,a,b\n${'xyzuvw'
  .split('')
  .flatMap((l) => [`${l},1,2`, `${l},3,4`])
  .join('\n')}`
const JSONL = 'xyzuvw'
  .split('')
  .map((l, i) => JSON.stringify({ label: l, a: i, b: 2 * i }))
  .join('\n')

const damaged: fc.Arbitrary<Given> = fc
  .tuple(damage, fc.constantFrom('csv', 'tsv', 'jsonl', 'json'))
  .map(([{ kind, apply }, ending]) => {
    const text =
      ending === 'jsonl' ? JSONL : ending === 'json' ? `[${JSONL.replaceAll('\n', ',')}]` : CSV
    return { kind, ending, bytes: apply(bytesOf(text)) }
  })

const mutated: fc.Arbitrary<Given> = fc.tuple(mutation, fc.nat(5)).map(([{ apply }, at]) => {
  const lines = JSONL.split('\n')
  lines[at] = JSON.stringify(apply(JSON.parse(lines[at]!))) ?? ''
  return { kind: 'mutated', ending: 'jsonl', bytes: bytesOf(lines.join('\n')) }
})

const given = fc.oneof(whole, notUtf8, damaged, mutated)

/** Made to cost more than they are. */
const BOMBS: { readonly [name: string]: () => Pick<Given, 'ending' | 'bytes'> } = {
  'a quote of 20 MB': () => csv(`label,a\n"${'x""'.repeat(7e6)}",1`),
  'a quote that is never closed': () => csv(`label,a\n"${'x""'.repeat(7e6)},1`),
  '40,000 columns': () =>
    csv(`label${Array.from({ length: 4e4 }, (_, i) => `,c${i}`).join('')}\n${'x,1\n'.repeat(9)}`),
  '5 million columns': () => csv(`label${',a'.repeat(5e6)}\nx${',1'.repeat(10)}`),
  '5 million rows': () => csv(`label,a\n${'x,1\n'.repeat(5e6)}`),
  '20 million empty lines': () => csv(`label,a\n${'\n'.repeat(2e7)}`),
  'a line of 250 MB': () => ({ ending: 'csv', bytes: new Uint8Array(2.5e8).fill(0x78) }),
  '250 MB of brackets': () => ({ ending: 'jsonl', bytes: new Uint8Array(2.5e8).fill(0x5b) }),
  'a list of 250 MB': () => ({ ending: 'json', bytes: new Uint8Array(2.5e8).fill(0x5b) }),
  '8 MB of brackets': () => ({ ending: 'json', bytes: new Uint8Array(2 ** 23).fill(0x5b) }),
  '5 million objects': () => ({
    ending: 'jsonl',
    bytes: bytesOf('{"label":1,"a":1}\n'.repeat(5e6)),
  }),
  'a million keys': () => ({
    ending: 'jsonl',
    bytes: bytesOf(`{${Array.from({ length: 1e6 }, (_, i) => `"k${i}":1`).join()}}`),
  }),
  'other keys in each object': () => ({
    ending: 'jsonl',
    bytes: bytesOf(Array.from({ length: 3e4 }, (_, i) => `{"label":1,"k${i}":1}`).join('\n')),
  }),
}

const csv = (text: string) => ({ ending: 'csv', bytes: bytesOf(text) })

export const attack: Attack = {
  name: 'tables',
  promise:
    'a table is read as it stands, whatever its names are, or refused: in another encoding, damaged, or made to cost',
  attempts: { full: 3_000, short: 150 },
  bound: REFUSED,
  async run(n) {
    const count = tally(this.bound)
    const folder = folderFor('tables')
    let i = 0
    for (const { kind, ending, bytes, bad, rows: right } of inputs(given, n)) {
      const path = join(folder, `t${i}.${ending}`)
      writeFileSync(path, bytes)
      const read = i++ % 5 === 0 ? textFile : vectorFile
      const judge = (got: string[]): Fault | undefined =>
        bad ? wrong('accepted') : other(got, right)
      await count.attempt(`${kind}, ${ending}`, () => rowsOf(path), judge)
      await count.attempt(
        `${kind}, ${ending}, splits`,
        () => read(path),
        () => (bad ? wrong('accepted') : undefined),
      )
      // as points of regression tasks: the label is the task, the first column what is predicted
      const [target] = right?.header ?? []
      const options = { task: 'label', ...(target !== undefined && { targets: [target.trim()] }) }
      await count.attempt(
        `${kind}, ${ending}, regression`,
        () => regressionFile(path, options),
        () => (bad ? wrong('accepted') : undefined),
      )
      rmSync(path)
    }
    const bombs = Object.entries(BOMBS)
    for (const [name, make] of n < 1000 ? bombs.slice(0, 3) : bombs) {
      const { ending, bytes } = make()
      const path = join(folder, `bomb.${ending}`)
      writeFileSync(path, bytes)
      await count.attempt(
        name,
        () => vectorFile(path),
        () => wrong('accepted'),
      )
      rmSync(path)
    }
    for (const [name, make] of Object.entries(ODD)) {
      const path = join(folder, 'odd.csv')
      make(path)
      await count.attempt(
        name,
        () => vectorFile(path),
        () => wrong('accepted'),
      )
      rmSync(path, { recursive: true })
    }
    return count.outcome()
  },
}

const ODD: { readonly [name: string]: (path: string) => void } = {
  'a FIFO': (path) => execFileSync('mkfifo', [path]),
  'a folder': (path) => mkdirSync(path),
}

/** The rows with their labels, in order. */
async function rowsOf(path: string): Promise<string[]> {
  const table = await labelledRows(path, { kind: 'vectors' })
  return table.rows.map(({ label, content }) => `${label} ${[...(content as Float32Array)]}`)
}

/** Labels lose spaces around them; constant columns and row numbers are left out. */
function other(got: readonly string[], right: Rows | undefined): Fault | undefined {
  if (!right) return undefined
  const labels = (all: readonly string[]) => JSON.stringify(all)
  const found = got.map((one) => one.slice(0, one.lastIndexOf(' ')))
  const wanted = right.rows.map(({ label }) => label.trim())
  return labels(found) === labels(wanted)
    ? undefined
    : wrong(`${labels(found).slice(0, 100)} for ${labels(wanted).slice(0, 100)}`)
}
