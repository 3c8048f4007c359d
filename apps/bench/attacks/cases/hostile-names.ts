import { KshotError } from '@kshot/core'
import {
  compare,
  csv,
  type DoneRow,
  json,
  latex,
  markdown,
  parseResults,
  type Row,
  resultsText,
  type Table,
  tablesOf,
} from '@kshot/results'
import sharp from 'sharp'
import { csvRows } from '../../../../packages/episodes/src/tables/csv'
import { row } from '../../../../packages/results/src/rows.testing'
import { comparedTable } from '../../src/report/compared-table'
import { page } from '../../src/report/page/page'
import { picture } from '../../src/report/page/picture'
import type { Example } from '../../src/report/pictures'
import { reportError } from '../../src/terminal/report-error'
import { type Attack, REFUSED } from '../attack'
import { places, withValue } from '../hostile-json'
import { hostileText } from '../hostile-text'
import { foreignMarkup, steering } from '../judged-text'
import { inputs } from '../random'
import { type Fault, tally, wrong } from '../tally'

/** Rows with a text in the place of all names, or in one place of a row. */
function rowsWith(text: string, where: number): Row[] {
  const learners = ['protonet', 'matching', 'maml']
  const rows = learners.map((learner, i): DoneRow => {
    const scores = [0.2 * i, 0.4, 0.6, 0.8]
    const made = row({ learner: `${text}${learner}`, setting: `s${text}`, scores })
    const { setting } = made
    const right = Math.round(made.test.accuracy * 300)
    return {
      ...made,
      setting: { ...setting, dataset: `data ${text}`, split: `split ${text}` },
      device: text,
      kernels: text,
      backbone: text,
      commit: text,
      confusion: {
        groups: [`${text} one`, `${text} two`],
        counts: [
          [right, 300 - right],
          [0, 0],
        ],
      },
      versions: { ...made.versions, [text]: text },
    }
  })
  const failed = {
    status: 'failed',
    cell: { ...rows[0]!.cell, name: `f${text}`, learner: `failed ${text}`, backend: text },
    reason: { code: `a/${text}`, got: text, expected: text, remedy: text },
  } as const
  if (where % 3 === 0) return [...rows, failed]
  // In one place alone, which other checks may let through.
  const plain = [...learners.map((learner) => row({ learner })), failed]
  const texts = places(plain).filter((path) => typeof at(plain, path) === 'string')
  return withValue(plain, texts[where % texts.length]!, text) as Row[]
}

function at(document: unknown, path: readonly string[]): unknown {
  return path.reduce((value, key) => (value as { [key: string]: unknown })[key], document)
}

/** How each format is written, and what may not be in it. */
interface Format {
  readonly name: string
  write(tables: readonly Table[], title: string): string
  judge(text: string, plain: string): string | undefined | Promise<string | undefined>
}

const html = (tables: readonly Table[], title: string) =>
  page(tables, {
    title,
    command: `npx kshot report ${title}`,
    examples: new Map(tables.map((table) => [table.id, [example(table, title)]])),
  })

/** An episode with pictures of classes of hostile names. */
function example({ lines }: Table, text: string): Example {
  const picture = (label: number) => ({
    uri: 'data:image/png;base64,',
    classId: text,
    label,
    ink: true,
  })
  const said = lines.map(({ name }) => ({ name, accuracy: 0.5, labels: [0, 1] }))
  const two = [0, 1].map(picture)
  return { number: 0, why: 'the first', ways: 2, support: two, query: two, said }
}

const FORMATS: readonly Format[] = [
  { name: 'html', write: html, judge: foreignMarkup },
  { name: 'svg', write: picture, judge: notWellFormed },
  { name: 'markdown', write: markdown, judge: otherMarkdown },
  { name: 'csv', write: csv, judge: formula },
  { name: 'latex', write: latex, judge: otherCommands },
  {
    name: 'json',
    write: json,
    judge: (text) => (JSON.parse(text) ? undefined : 'nothing'),
  },
]

export const attack: Attack = {
  name: 'hostile names',
  promise:
    'a name or message of a file is a text in every report and on the terminal: never markup, a formula, a command or an escape sequence',
  attempts: { full: 3_000, short: 60 },
  bound: REFUSED,
  async run(n) {
    const count = tally(this.bound)
    let i = 0
    for (const text of inputs(hostileText, n)) {
      const format = FORMATS[i % (FORMATS.length + 1)]
      const what = `${format?.name ?? 'terminal'}, ${JSON.stringify(text.slice(0, 60))}`
      const where = Math.floor(i / 7)
      const rows = rowsWith(text, where)
      const act = async () => {
        if (!format) return steering(terminal(rows, text))
        const written = format.write(tablesIn(rows), text)
        return (await format.judge(written, plain(format, where))) ?? steering(written)
      }
      await count.attempt(what, act, (odd): Fault | undefined => (odd ? wrong(odd) : undefined))
      i++
    }
    return count.outcome()
  },
}

/** The same with a name that is none of these. */
function plain({ write }: Format, where: number): string {
  return write(tablesIn(rowsWith('plain name', where)), 'plain name')
}

/** As they are read from a file. */
function tablesIn(rows: readonly Row[]): Table[] {
  return tablesOf(sourcesIn(rows))
}

function sourcesIn(rows: readonly Row[]) {
  const read = parseResults(resultsText(rows))
  return read.map((one) => ({ path: 'results.jsonl', row: one, run: false }))
}

/** What `kshot compare` and an error print. */
function terminal(rows: readonly Row[], text: string): string {
  let printed = ''
  const stream = { write: (part: string) => (printed += part), isTTY: false } as never
  reportError(new KshotError('a/b', { got: text, expected: text, remedy: text }), stream, true)
  reportError(new Error(text), stream, false)
  return printed + comparedTable(compare(sourcesIn(rows.slice(0, 3)), undefined), stream)
}

/** librsvg has a strict parser. */
async function notWellFormed(text: string, plain: string): Promise<string | undefined> {
  const { format } = await sharp(Buffer.from(text))
    .metadata()
    .catch(() => ({ format: 'none' }))
  return format === 'svg' ? foreignMarkup(text, plain) : 'no XML'
}

function otherMarkdown(text: string, plain: string): string | undefined {
  const shape = (document: string) =>
    document
      .split('\n')
      .map((line) => (line.startsWith('|') ? line.split(/(?<!\\)\|/).length : line.startsWith('#')))
  const tag = /(?<!\\)<(?!br>|sub>|\/sub>|sup>|\/sup>)[a-z/!]/i.exec(text)
  if (tag && !plain.includes(tag[0])) return `the tag ${text.slice(tag.index, tag.index + 20)}`
  const link = /(?<!\\)\]\(/.exec(text)
  if (link && !plain.includes('](')) return 'a link'
  const widths = shape(text)
  const odd = widths.some((width, i) => {
    const next = widths[i + 1]
    return typeof width === 'number' && typeof next === 'number' && width !== next
  })
  if (odd) return 'a table with rows of other widths'
  const headings = (all: readonly (number | boolean)[]) => all.filter((one) => one === true).length
  return headings(widths) > headings(shape(plain)) ? 'a heading' : undefined
}

function formula(text: string): string | undefined {
  const rows = [...csvRows(text.replaceAll('\r\n', '\n'))].map(({ fields }) => fields)
  const odd = rows.find((fields) => fields.length !== rows[0]!.length)
  if (odd) return `a row of ${odd.length} fields`
  const cell = rows
    .flat()
    .find((one) => /^\s*(?:[=+@]|-(?!\d))|^[\t\r]/.test(one) && one.length > 1)
  return cell === undefined ? undefined : `the cell ${JSON.stringify(cell.slice(0, 40))}`
}

const ESCAPES = /\\(?:textbackslash|textasciitilde|textasciicircum|[&%$#_{}])/g

function otherCommands(text: string, plain: string): string | undefined {
  const commands = (document: string) =>
    document.replace(ESCAPES, '').match(/\\[a-zA-Z]+|\\./g) ?? []
  const known = new Set(commands(plain))
  const odd = commands(text).find((one) => !known.has(one))
  if (odd) return `the command ${odd}`
  return /\^\^/.test(text) ? 'a character by its number' : undefined
}
