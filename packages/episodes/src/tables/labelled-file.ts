import { readFile } from 'node:fs/promises'
import { KshotError, type Spec } from '@kshot/core'
import { badOption } from '../checks'
import { assertDisjoint, type Dataset, type Splits } from '../dataset'
import { fromArrays } from '../memory'
import { checkShares, DEFAULT_SHARES, dealt, type SplitName, type SplitShares } from '../shares'
import { csvRows } from './csv'

export interface LabelledFileOptions {
  /** The column, or key, that holds the class. Default `label`. */
  readonly label?: string
  /** Shares of the classes, for a file without a column `split`. Default 0.6, 0.2 and 0.2. */
  readonly splits?: SplitShares
  /** Deals the classes to the splits. Default 0. */
  readonly seed?: number | string
}

/** One example of a file. */
export interface LabelledRecord {
  /** As in `flowers.csv, line 7`: for errors. */
  readonly where: string
  readonly label: string
  /** The rest; from CSV all values are texts. */
  readonly values: { readonly [key: string]: unknown }
}

/** Examples with numbers. */
export interface Example {
  readonly label: string
  readonly x: ArrayLike<number>
}

/** Records by split. */
export interface Records {
  /** The file says itself which class belongs where. */
  readonly given: boolean
  readonly of: { readonly [name in SplitName]: readonly LabelledRecord[] }
}

interface Labelled extends LabelledRecord {
  readonly split: SplitName | undefined
}

/**
 * The records of a CSV, TSV or JSONL file by split: as its column `split` says (train, validation,
 * test), or with the classes dealt by seed.
 * @throws `episodes/data-not-found`, `episodes/damaged-file` naming the line, `episodes/bad-option`,
 * `episodes/splits-overlap`
 */
export async function readLabelled(
  path: string,
  { label = 'label', splits = DEFAULT_SHARES, seed = 0 }: LabelledFileOptions,
): Promise<Records> {
  checkShares(splits)
  const text = await readFile(path, 'utf8').catch((cause) => {
    throw notFound(path, cause)
  })
  const rows = /\.jsonl$/i.test(path) ? jsonRecords(path, text) : csvRecords(path, text)
  const records = rows.map((row) => labelled(row, label))
  if (records.length === 0) throw damaged(path, 'a file without examples', 'at least one example')
  const given = records[0]!.split !== undefined
  return { given, of: given ? bySplit(records) : bySeed(records, splits, seed) }
}

/** Three data sets of the examples, whose specs read the file again. */
export function splitsOf(
  examples: { readonly [name in SplitName]: readonly Example[] },
  { shape, given }: { readonly shape: readonly number[]; readonly given: boolean },
  specOf: (name: SplitName) => Spec,
): Splits {
  const size = shape.reduce((product, n) => product * n, 1)
  const load = (name: SplitName): Dataset => {
    const x = new Float32Array(examples[name].length * size)
    for (const [i, example] of examples[name].entries()) x.set(example.x, i * size)
    const labels = examples[name].map(({ label }) => label)
    return { ...fromArrays({ name, shape, x, labels }), spec: specOf(name) }
  }
  const splits = { train: load('train'), validation: load('validation'), test: load('test') }
  return { ...assertDisjoint(splits), given }
}

interface Row {
  readonly where: string
  readonly values: { readonly [key: string]: unknown }
}

function csvRecords(path: string, text: string): Row[] {
  const records: Row[] = []
  let header: string[] | undefined
  try {
    // A byte order mark is no part of the first name.
    const rows = csvRows(text.replace(/^\uFEFF/, ''), /\.tsv$/i.test(path) ? '\t' : ',')
    for (const { line, fields } of rows) {
      if (!header) {
        header = namesIn(fields, path)
        continue
      }
      const where = `${path}, line ${line}`
      if (fields.length !== header.length) {
        throw damaged(where, `${fields.length} fields`, `${header.length}, as in the first line`)
      }
      records.push({ where, values: Object.fromEntries(fields.map((f, i) => [header![i]!, f])) })
    }
  } catch (error) {
    throw error instanceof KshotError ? error : damaged(path, (error as Error).message, 'CSV')
  }
  return records
}

function namesIn(fields: readonly string[], path: string): string[] {
  const names = fields.map((field) => field.trim())
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice === undefined) return names
  throw damaged(`${path}, line 1`, `two columns '${twice}'`, 'a name of its own for each column')
}

function jsonRecords(path: string, text: string): Row[] {
  const lines = text.split('\n').map((line, i) => [line, `${path}, line ${i + 1}`] as const)
  return lines.flatMap(([line, where]) => {
    if (line.trim() === '') return []
    try {
      const values = JSON.parse(line)
      if (typeof values === 'object' && values !== null && !Array.isArray(values)) {
        return [{ where, values }]
      }
    } catch {}
    throw damaged(where, line.slice(0, 60), 'one JSON object a line')
  })
}

const SPLITS: { readonly [written: string]: SplitName } = {
  train: 'train',
  validation: 'validation',
  val: 'validation',
  valid: 'validation',
  test: 'test',
}

function labelled({ where, values }: Row, key: string): Labelled {
  const { [key]: label, split, ...rest } = values
  if (!Object.hasOwn(values, key)) {
    throw badOption(
      `${where}: no '${key}' among ${Object.keys(values).join(', ')}`,
      'a column, or key, with the class of each example',
      "Name it with the option 'label'",
    )
  }
  if (!['string', 'number'].includes(typeof label) || label === '') {
    throw damaged(where, `the ${key} ${JSON.stringify(label)}`, 'the name of a class')
  }
  const known = split === undefined ? undefined : SPLITS[String(split)]
  if (split !== undefined && !known) {
    throw damaged(where, `the split ${JSON.stringify(split)}`, 'train, validation or test')
  }
  return { where, label: String(label), values: rest, split: known }
}

function bySplit(records: readonly Labelled[]) {
  const without = records.find(({ split }) => split === undefined)
  if (without) throw damaged(without.where, 'no split', 'train, validation or test in each line')
  const of = (name: SplitName) => records.filter(({ split }) => split === name)
  return { train: of('train'), validation: of('validation'), test: of('test') }
}

function bySeed(records: readonly Labelled[], shares: SplitShares, seed: number | string) {
  const odd = records.find(({ split }) => split !== undefined)
  if (odd) throw damaged(odd.where, 'a split', 'a split in each line, or in none')
  // Sorted, so that the order of lines changes nothing.
  const names = [...new Set(records.map(({ label }) => label))].sort()
  const classes = dealt(names, shares, seed, 'labelled file')
  const of = (name: SplitName) => {
    const own = new Set(classes[name])
    return records.filter(({ label }) => own.has(label))
  }
  return { train: of('train'), validation: of('validation'), test: of('test') }
}

export function damaged(where: string, got: string, expected: string): KshotError {
  return new KshotError('episodes/damaged-file', {
    got: `${where}: ${got}`,
    expected,
    remedy: 'Correct the file',
  })
}

function notFound(path: string, cause: unknown): KshotError {
  return new KshotError('episodes/data-not-found', {
    got: `${path}: ${(cause as Error).message}`,
    expected: 'a .csv, .tsv or .jsonl file with one labelled example a line',
    remedy: 'Check the path',
    cause,
  })
}
