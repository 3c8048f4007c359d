import type { Spec } from '@kshot/core'
import { badOption } from '../checks'
import { assertDisjoint, type Dataset, type Splits } from '../dataset'
import { fromArrays } from '../memory'
import {
  checkShares,
  DEFAULT_SHARES,
  dealt,
  dealtMissing,
  type SplitName,
  type SplitShares,
  splitNamed,
} from '../shares'
import { checkSpelling, type Spelling } from '../spelling'
import { shortList, type Understood } from '../understood'
import { damaged, shown } from './damaged'
import { labelsOf } from './label-column'
import { readTable } from './read-table'
import { column, type Row, type Table } from './table'

export interface LabelledFileOptions {
  /** The column, or key, with the class. Default `label`. */
  readonly label?: string
  /** The delimiter between CSV fields. Default: `,`, `;`, tab or `|`, whichever splits the first line. */
  readonly delimiter?: string
  /** Shares of the classes, for splits that no column `split` defines. Default 0.6, 0.2 and 0.2. */
  readonly splits?: SplitShares
  /** The seed that assigns classes to splits. Default 0. */
  readonly seed?: number | string
  /** Classes with fewer examples are left out, and reported. */
  readonly minExamples?: number
  /** `exact`: labels that differ only in case or spaces are different classes. Default `strict`. */
  readonly spelling?: Spelling
}

/** Examples by split: numbers of rows. */
export interface Labelled {
  readonly table: Table
  readonly labels: readonly string[]
  readonly rows: { readonly [name in SplitName]: readonly number[] }
  /** Columns that are no part of an example. */
  readonly used: readonly string[]
  /** The file says itself which class belongs where. */
  readonly given: boolean
  /** Without the notes on what an example is. */
  readonly understood: Understood
}

/**
 * The examples of a CSV, TSV, JSON Lines or JSON file by split: as its column `split` says (train,
 * validation, test), or with the classes split by seed.
 * @param asked whether the columns of an example were named
 * @throws `episodes/data-not-found`, `episodes/unreadable-file`, `episodes/file-too-large`,
 * `episodes/damaged-file` naming the line, `episodes/bad-option`, `episodes/splits-overlap`,
 * `episodes/same-class-twice`, `episodes/not-classes`
 */
export async function readLabelled(
  path: string,
  options: LabelledFileOptions,
  asked: boolean,
): Promise<Labelled> {
  const { label = 'label', delimiter, splits = DEFAULT_SHARES, seed = 0, minExamples = 1 } = options
  checkShares(splits)
  checkDelimiter(delimiter)
  const table = await readTable(path, { label, ...(delimiter !== undefined && { delimiter }) })
  if (table.rows.length === 0)
    throw damaged(path, 'a file without examples', 'at least one example')
  const { key, of: labels, notes } = labelsOf(table, label, asked)
  checkSpelling(labels, options.spelling)
  const small = smallClasses(labels, minExamples)
  const kept = labels.flatMap((name, i) => (small.has(name) ? [] : [i]))
  const written = column(table, 'split')
  const named = written && splitsIn(table.rows, written, labels, kept)
  const classes = named
    ? dealtMissing(named, splits, seed, 'labelled file')
    : // Sorted, so that the order of lines changes nothing.
      dealt([...new Set(kept.map((i) => labels[i]!))].sort(), splits, seed, 'labelled file')
  const of = (name: SplitName) => {
    const own = new Set(classes[name])
    return kept.filter((i) => own.has(labels[i]!))
  }
  const rows = { train: of('train'), validation: of('validation'), test: of('test') }
  return {
    table,
    labels,
    rows,
    used: [key, ...(written ? ['split'] : [])],
    given: named !== undefined,
    understood: {
      classes: classes.train.length + classes.validation.length + classes.test.length,
      examples: kept.length,
      splits: {
        train: classes.train.length,
        validation: classes.validation.length,
        test: classes.test.length,
      },
      dealt: dealtHow(named, classes, seed),
      notes: [...notes, ...delimiterNote(table), ...smallNote(small)],
      skipped: {},
      broken: [],
      small: [...small].map(([id, size]) => ({ id, size })),
    },
  }
}

/** Three data sets of the examples, whose specs read the file again. */
export function splitsOf(
  { table, labels, rows, given, understood }: Labelled,
  { shape, notes }: { readonly shape: readonly number[]; readonly notes: readonly string[] },
  exampleAt: (row: number) => ArrayLike<number>,
  specOf: (name: SplitName) => Spec,
  sourceAt?: (row: number) => string,
): Splits {
  const size = shape.reduce((product, n) => product * n, 1)
  const load = (name: SplitName): Dataset => {
    const x = new Float32Array(rows[name].length * size)
    for (const [i, row] of rows[name].entries()) x.set(exampleAt(row), i * size)
    const own = rows[name].map((row) => labels[row]!)
    const data = fromArrays({ name, shape, x, labels: own })
    const byClass = new Map(data.classes.map(({ id }) => [id, [] as number[]]))
    for (const row of rows[name]) byClass.get(labels[row]!)!.push(row)
    const rowOf = (c: number, example: number) => byClass.get(data.classes[c]!.id)![example]!
    const place = (c: number, example: number) => table.rows[rowOf(c, example)]!.where
    const dataset = { ...data, spec: specOf(name), place }
    return sourceAt ? { ...dataset, source: (c, example) => sourceAt(rowOf(c, example)) } : dataset
  }
  const splits = { train: load('train'), validation: load('validation'), test: load('test') }
  const all = [...understood.notes, ...notes]
  return { ...assertDisjoint(splits), given, understood: { ...understood, notes: all } }
}

type Classes = { readonly [name in SplitName]: readonly string[] }

/** The classes by split, as a column says it. */
export function splitsIn(
  rows: readonly Row[],
  written: readonly unknown[],
  labels: readonly string[],
  kept: readonly number[],
): Classes {
  const of = { train: new Set<string>(), validation: new Set<string>(), test: new Set<string>() }
  for (const i of kept) {
    const { where } = rows[i]!
    const value = written[i]
    if (value === undefined) {
      throw damaged(where, 'no split', 'train, validation or test in each line')
    }
    const split = typeof value === 'string' ? splitNamed(value) : undefined
    if (!split) throw damaged(where, `the split ${shown(value)}`, 'train, validation or test')
    of[split].add(labels[i]!)
  }
  const classes = { train: [...of.train], validation: [...of.validation], test: [...of.test] }
  const ids = (names: readonly string[]) => ({ classes: names.map((id) => ({ id })) })
  assertDisjoint({
    train: ids(classes.train),
    validation: ids(classes.validation),
    test: ids(classes.test),
  })
  return classes
}

function smallClasses(labels: readonly string[], least: number): Map<string, number> {
  const sizes = new Map<string, number>()
  for (const label of labels) sizes.set(label, (sizes.get(label) ?? 0) + 1)
  return new Map([...sizes].filter(([, size]) => size < least))
}

function dealtHow(named: Classes | undefined, classes: Classes, seed: number | string): string {
  if (!named) return `split by seed ${seed}`
  const missing = (['validation', 'test'] as const).filter(
    (name) => named[name].length === 0 && classes[name].length > 0,
  )
  if (missing.length === 0) return "by the column 'split'"
  return `by the column 'split'; ${missing.join(' and ')} taken from train by seed ${seed}`
}

const DELIMITER_NAMES: { readonly [delimiter: string]: string } = {
  ';': 'semicolons',
  '\t': 'tabs',
  '|': 'bars',
}

function delimiterNote({ delimiter, path }: Table): string[] {
  const name = DELIMITER_NAMES[delimiter ?? '']
  if (!name || /\.(tsv|tab)$/i.test(path)) return []
  return [`fields are separated by ${name}`]
}

function smallNote(small: ReadonlyMap<string, number>): string[] {
  if (small.size === 0) return []
  const list = [...small].map(([id, size]) => `${id} (${size})`)
  return [`classes left out, with too few examples: ${shortList(list)}`]
}

export function checkDelimiter(delimiter: string | undefined): void {
  if (delimiter === undefined || !/["\r\n]/.test(delimiter)) return
  throw badOption(
    `delimiter: ${JSON.stringify(delimiter)}`,
    'a character other than quotes and line breaks',
    "Pass ';' or '\\t'",
  )
}
