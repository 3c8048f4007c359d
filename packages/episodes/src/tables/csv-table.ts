import { KshotError } from '@kshot/core'
import { csvRows } from './csv'
import { damaged } from './damaged'
import { MOST_COLUMNS, MOST_ROWS, PlacedRow, type Row, type Table, tooManyRows } from './table'

/** In the order in which they are tried. */
const DELIMITERS = [',', ';', '\t', '|']

/**
 * The table in a CSV text, whose first line has the names. Where no delimiter is given it is the first
 * one that parts the header so that the column `label` is there.
 * @throws `episodes/damaged-file`
 */
export function csvTable(
  path: string,
  text: string,
  { delimiter, label }: { readonly delimiter?: string; readonly label: string },
): Table {
  // Line ends of old Macs.
  const lines = text.includes('\n') ? text : text.replaceAll('\r', '\n')
  const { skipped, rest, told } = preamble(lines)
  try {
    const between = delimiter ?? told ?? delimiterOf(path, rest, label)
    const rows = csvRows(rest, between, MOST_COLUMNS)
    return { ...tableOf(path, rows, skipped), delimiter: between }
  } catch (error) {
    throw error instanceof KshotError ? error : damaged(path, (error as Error).message, 'CSV')
  }
}

/** Lines above the names: Excel's `sep=;`, and comments. */
function preamble(text: string): { skipped: number; rest: string; told?: string } {
  const [line = '', told] = /^sep=([^\n\r])\r?\n/i.exec(text) ?? []
  const rest = text.slice(line.length).replace(/^(?:#[^\n,;\t|]*\n)+/, '')
  const skipped = text.slice(0, text.length - rest.length).split('\n').length - 1
  return { skipped, rest, ...(told !== undefined && { told }) }
}

type CsvRows = Iterable<{ readonly line: number; readonly fields: readonly string[] }>

function tableOf(path: string, csv: CsvRows, skipped: number): Table {
  const rows: Row[] = []
  let names: string[] | undefined
  for (const { line, fields } of csv) {
    if (!names) {
      names = namesIn(fields, path)
      continue
    }
    const row = new PlacedRow(path, 'line', skipped + line, fields)
    if (fields.length !== names.length) {
      throw damaged(row.where, `${fields.length} fields`, `${names.length}, as in the first line`)
    }
    if (rows.push(row) > MOST_ROWS) throw tooManyRows(path)
  }
  return { path, names: names ?? [], rows }
}

function namesIn(fields: readonly string[], path: string): string[] {
  const names = fields.map((field) => field.trim())
  const seen = new Set<string>()
  for (const name of names) {
    if (seen.has(name)) {
      const expected = 'a name of its own for each column'
      throw damaged(`${path}, line 1`, `two columns '${name}'`, expected)
    }
    seen.add(name)
  }
  return names
}

function delimiterOf(path: string, text: string, label: string): string {
  const first = /\.(tsv|tab)$/i.test(path) ? ['\t', ...DELIMITERS] : DELIMITERS
  const headers = first.map((delimiter) => ({ delimiter, names: header(text, delimiter) }))
  const wanted = label.trim().toLowerCase()
  const fits = headers.find(({ names }) => names.some((name) => name === wanted))
  const [most] = [...headers].sort((a, b) => b.names.length - a.names.length)
  return (fits ?? most!).delimiter
}

/** The names of the first line, in lower case, if this is the delimiter. */
function header(text: string, delimiter: string): string[] {
  const [first] = csvRows(text, delimiter, MOST_COLUMNS)
  return first?.fields.map((field) => field.trim().toLowerCase()) ?? []
}
