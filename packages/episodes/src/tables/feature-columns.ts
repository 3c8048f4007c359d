import { badOption } from '../checks'
import { shortList } from '../understood'
import { damaged } from './damaged'
import type { NumberReader } from './numbers'
import type { Table } from './table'

/** Numbers by column, and which columns they are. */
export interface Features {
  readonly names: readonly string[]
  /** One array of `n` numbers for each name. */
  readonly columns: readonly Float64Array[]
  readonly notes: readonly string[]
}

export interface FeatureOptions {
  /** Names of the columns that are features, all of them. */
  readonly columns?: readonly string[] | undefined
  /** Names of columns that are not features. */
  readonly exclude?: readonly string[] | undefined
}

interface Found {
  readonly name: string
  readonly values: Float64Array
}

/** Names of columns that count or name rows. An index may be one of refraction. */
const ID =
  /^(|id|ids|idx|index|uuid|guid|key|nr|no|row|rownum|unnamed: ?\d+)$|[_\s.-](id|uuid|guid)$|^(id|uuid|guid)[_\s.-]/i
const CAMEL_ID = /[a-z](Id|ID)$/
const DISTINCT = 'integers that all differ'
const EVEN = 'evenly spaced from row to row'
/** With fewer rows, integers that all differ are no wonder. */
const FEW_ROWS = 10

/**
 * The columns of numbers. Unless they are asked for by name, columns that name rows (`id`, or integers
 * that all differ, or rise evenly) or never vary are left out: such a number reveals the class if rows
 * are sorted.
 * @param used columns that are something else: the label, the split
 * @param labels the class of each row
 * @throws `episodes/bad-option`, `episodes/damaged-file` naming the first value that is no number
 */
export function featureColumns(
  table: Table,
  used: readonly string[],
  { columns, exclude = [] }: FeatureOptions,
  read: NumberReader,
  labels: readonly string[],
): Features {
  const places = new Map(table.names.map((name, i) => [name, i]))
  for (const name of [...(columns ?? []), ...exclude]) checkName(table, places, name)
  const left = columns ?? table.names.filter((name) => !used.includes(name))
  const excluded = new Set(exclude)
  const candidates = left.filter((name) => !excluded.has(name))
  const found: Found[] = []
  const counts: Found[] = []
  const why = new Map<string, string>()
  for (const name of candidates) {
    const asked = columns !== undefined
    if (!asked && (ID.test(name.trim()) || CAMEL_ID.test(name))) {
      why.set(name, 'named like a row number')
      continue
    }
    const values = numbers(table, places.get(name)!, read)
    const fault = asked ? undefined : faultOf(values)
    if (fault) why.set(name, fault)
    else found.push({ name, values })
    if (fault === DISTINCT || fault === EVEN) counts.push({ name, values })
  }
  if (found.length === 0 && counts.length > 0) return kept(counts)
  if (found.length === 0) throw nothingLeft(table, why)
  const names = found.map(({ name }) => name)
  const notes = [...notesOf(names, why), ...(columns ? [] : codeNotes(found, labels))]
  return { names, columns: found.map(({ values }) => values), notes }
}

/** Where there is nothing else, integers that all differ are what the examples are. */
function kept(found: readonly Found[]): Features {
  const names = found.map(({ name }) => name)
  const note = `numbers of rows are taken, as there are no other columns: ${shortList(names)}`
  return { names, columns: found.map(({ values }) => values), notes: [note] }
}

function numbers({ names, rows }: Table, at: number, read: NumberReader): Float64Array {
  return Float64Array.from(rows, ({ values, where }) => read(values[at], where, names[at]!))
}

function faultOf(values: Float64Array): string | undefined {
  if (values.length < 2) return undefined
  if (values.every((value) => value === values[0])) return 'always the same'
  if (values.length < FEW_ROWS) return undefined
  if (isEven(values)) return EVEN
  if (!values.every((value) => Number.isInteger(value))) return undefined
  return new Set(values).size === values.length ? DISTINCT : undefined
}

/** Whether they rise, or fall, by one step from row to row, but for rounding. */
function isEven(values: Float64Array): boolean {
  const step = (values.at(-1)! - values[0]!) / (values.length - 1)
  return values.every((value, i) => Math.abs(value - values[0]! - i * step) <= Math.abs(step) / 2)
}

/** Columns with one value per class, and another in each: perhaps the class in numbers. */
function codeNotes(found: readonly Found[], labels: readonly string[]): string[] {
  const classes = new Set(labels).size
  if (classes < 3 || classes === labels.length) return []
  const isCode = ({ values }: Found) => {
    const of = new Map(labels.map((label, i) => [label, values[i]!]))
    return new Set(of.values()).size === classes && labels.every((l, i) => of.get(l) === values[i])
  }
  return found
    .filter(isCode)
    .map(({ name }) => `'${name}' has one value a class: if it is the class in numbers, exclude it`)
}

function notesOf(names: readonly string[], why: ReadonlyMap<string, string>): string[] {
  const features = `${names.length} features: ${shortList(names, 8)}`
  if (why.size === 0) return [features]
  const left = [...why].map(([name, reason]) => `'${name}' (${reason})`)
  return [features, `columns left out: ${shortList(left, 8)}; columns: […] names those to take`]
}

function checkName(
  { names, path }: Table,
  places: ReadonlyMap<string, number>,
  name: string,
): void {
  if (places.has(name)) return
  throw badOption(
    `${path}: no column '${name}' among ${shortList(names, 20)}`,
    'names of existing columns',
    'Correct the options columns and exclude',
  )
}

function nothingLeft({ path, rows }: Table, why: ReadonlyMap<string, string>) {
  if (why.size === 0) {
    return damaged(
      rows[0]?.where ?? path,
      'no numbers',
      "numbers in each column, or a key 'x' with a list of them",
    )
  }
  const left = [...why].map(([name, reason]) => `'${name}' (${reason})`)
  return badOption(
    `${path}: no numeric column except ${shortList(left, 8)}`,
    'columns with features',
    `Name the columns to use, for example columns: ['${[...why.keys()][0]}']`,
  )
}
