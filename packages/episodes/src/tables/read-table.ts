import { isKshotError, KshotError } from '@kshot/core'
import { decodedText } from '../files/decoded-text'
import { readRegularFile } from '../files/regular-file'
import { csvTable } from './csv-table'
import { damaged } from './damaged'
import { jsonArrayTable, jsonLinesTable } from './json-table'
import type { Table } from './table'

/** Half of what a string can hold. */
const MOST_BYTES = 2 ** 28
/** A JSON list is parsed as a whole. */
const MOST_JSON = 2 ** 26
/** Longer ones are no rows, and would be in memory twice before anything is known of them. */
const LONGEST_LINE = 2 ** 25

/**
 * The table in a file: JSON Lines (`.jsonl`, `.ndjson`), a JSON list (`.json`), else CSV or TSV.
 * @throws `episodes/data-not-found`, `episodes/unreadable-file`, `episodes/file-too-large`,
 * `episodes/damaged-file` naming the line
 */
export async function readTable(
  path: string,
  options: { readonly delimiter?: string; readonly label: string },
): Promise<Table> {
  const isList = /\.json$/i.test(path)
  const bytes = await readRegularFile(path, isList ? MOST_JSON : MOST_BYTES).catch((error) => {
    throw isKshotError(error, 'episodes/data-not-found') ? notFound(error) : error
  })
  checkText(bytes, path)
  if (!isList) checkLines(bytes, path)
  const text = decodedText(bytes, path)
  if (!/\.(jsonl|ndjson|json)$/i.test(path)) return csvTable(path, text, options)
  const lines = isList
    ? text.trimStart().startsWith('{') && text.trim().includes('\n{')
    : !/^\s*\[\s*\{/.test(text)
  return lines ? jsonLinesTable(path, text) : jsonArrayTable(path, text)
}

const AS_CSV = 'Export it as CSV in UTF-8'
/** How files begin that hold tables, and are no text. */
const NO_TEXT: readonly (readonly [begins: string, what: string, remedy: string])[] = [
  ['PK\x03\x04', 'a zip, or an Excel workbook', `${AS_CSV}, or unpack it`],
  ['\xd0\xcf\x11\xe0', 'an Excel workbook', AS_CSV],
  ['PAR1', 'a Parquet file', `${AS_CSV}, as in pandas: read_parquet(…).to_csv(…, index=False)`],
  ['ARROW1', 'an Arrow file', AS_CSV],
  ['\x89HDF', 'an HDF5 file', AS_CSV],
  ['SQLite', 'a database', AS_CSV],
  ['\x93NUMPY', 'a NumPy array, without labels', `${AS_CSV}, with a column for the class`],
  ['\x1f\x8b', 'a file packed by gzip', 'Unpack it, as in: gunzip -k table.csv.gz'],
]

/** @throws `episodes/damaged-file` if a file is no text, saying what it is */
function checkText(bytes: Uint8Array, path: string): void {
  const head = String.fromCharCode(...bytes.subarray(0, 8))
  const found = NO_TEXT.find(([begins]) => head.startsWith(begins))
  if (!found) return
  const [, what, remedy] = found
  throw damaged(path, what, 'a .csv, .tsv, .jsonl or .json file', remedy)
}

/** @throws `episodes/damaged-file` */
function checkLines(bytes: Buffer, path: string): void {
  // Old Macs end lines with CR alone.
  const end = bytes.includes(10) ? 10 : 13
  for (let at = 0; bytes.length - at > LONGEST_LINE; ) {
    const next = bytes.lastIndexOf(end, at + LONGEST_LINE)
    if (next < at) {
      throw damaged(path, `a line of more than ${LONGEST_LINE} bytes`, 'shorter lines', 'Split it')
    }
    at = next + 1
  }
}

function notFound({ got, cause }: KshotError): KshotError {
  return new KshotError('episodes/data-not-found', {
    got,
    expected: 'a .csv, .tsv, .jsonl or .json file with labelled examples',
    remedy: 'Check the path',
    cause,
  })
}
