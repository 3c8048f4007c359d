import { checkSpelling } from '../spelling'
import { featureColumns } from './feature-columns'
import { labelsOf } from './label-column'
import { numberReader } from './numbers'
import { readTable } from './read-table'
import { column, type Table } from './table'
import { textsIn } from './text-file'
import { vectorColumn } from './vector-column'

/** A row without its class: where it stands, as in `flowers.csv, line 7`, and what it holds. */
export interface TableRow {
  readonly where: string
  readonly content: string | Float32Array
}

/** The rows of a table with their classes, in its order: texts, or vectors as they are written. */
export interface LabelledRows {
  readonly kind: 'texts' | 'vectors'
  readonly rows: readonly (TableRow & { readonly label: string })[]
  /** The columns that are read: of texts one; of vectors all, or none where one column holds lists. */
  readonly names: readonly string[]
  readonly notes: readonly string[]
}

export interface LabelledRowsOptions {
  /** The column, or key, that holds the class. Default `label`. */
  readonly label?: string
  /** Default: texts where there is a column `text`, else vectors. */
  readonly kind?: 'texts' | 'vectors'
}

/**
 * A CSV, TSV, JSON Lines or JSON file of labelled texts or vectors, as `textFile` and `vectorFile` read
 * it, row by row and without splits.
 * @throws as these
 */
export async function labelledRows(
  path: string,
  { label = 'label', kind }: LabelledRowsOptions = {},
): Promise<LabelledRows> {
  const table = await readTable(path, { label })
  const { key, of: labels, notes } = labelsOf(table, label, false)
  checkSpelling(labels, undefined)
  const used = [key, ...(column(table, 'split') ? ['split'] : [])]
  const found = contentsOf(table, used, labels, kind ?? kindOf(table))
  const rows = table.rows.map(({ where }, i) => ({
    where,
    content: found.contents[i]!,
    label: labels[i]!,
  }))
  return { ...found, rows, notes: [...notes, ...found.notes] }
}

/**
 * The rows of another file with the same columns; a class that stands there is not read.
 * @throws as {@link labelledRows}
 */
export async function rowsLike(path: string, { kind, names }: LabelledRows): Promise<TableRow[]> {
  const table = await readTable(path, { label: '' })
  const contents = kind === 'texts' ? textsIn(table, names[0]!) : vectorsIn(table, names)
  return table.rows.map(({ where }, i) => ({ where, content: contents[i]! }))
}

function kindOf({ names }: Table): LabelledRows['kind'] {
  return names.some((name) => name.trim().toLowerCase() === 'text') ? 'texts' : 'vectors'
}

interface Contents extends Pick<LabelledRows, 'kind' | 'names' | 'notes'> {
  readonly contents: readonly (string | Float32Array)[]
}

function contentsOf(
  table: Table,
  used: readonly string[],
  labels: readonly string[],
  kind: LabelledRows['kind'],
): Contents {
  if (kind === 'texts') {
    return { kind, names: ['text'], notes: [], contents: textsIn(table, 'text') }
  }
  const read = numberReader(table.delimiter)
  const list = vectorColumn(table, undefined, read)
  if (list) {
    const notes = [`vectors of ${list.length} numbers`]
    return { kind, names: [], notes, contents: acrossColumns(list) }
  }
  const { names, columns, notes } = featureColumns(table, used, {}, read, labels)
  return { kind, names, notes, contents: acrossColumns(columns) }
}

function vectorsIn(table: Table, names: readonly string[]): Float32Array[] {
  const read = numberReader(table.delimiter)
  const list = names.length === 0 ? vectorColumn(table, 'x', read) : undefined
  return acrossColumns(list ?? featureColumns(table, [], { columns: names }, read, []).columns)
}

function acrossColumns(columns: readonly Float64Array[]): Float32Array[] {
  return Array.from(columns[0]!, (_, row) => Float32Array.from(columns, (values) => values[row]!))
}
