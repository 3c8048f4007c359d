import { isKshotError, KshotError } from '@kshot/core'
import { decodedText } from '../files/decoded-text'
import { readRegularFile } from '../files/regular-file'
import { csvTable } from './csv-table'
import { jsonArrayTable, jsonLinesTable } from './json-table'
import type { Table } from './table'

/** Half of what a string can hold. */
const MOST_BYTES = 2 ** 28

/**
 * The table in a file: JSON Lines (`.jsonl`, `.ndjson`), a JSON list (`.json`), else CSV or TSV.
 * @throws `episodes/data-not-found`, `episodes/unreadable-file`, `episodes/file-too-large`,
 * `episodes/damaged-file` naming the line
 */
export async function readTable(
  path: string,
  options: { readonly delimiter?: string; readonly label: string },
): Promise<Table> {
  const bytes = await readRegularFile(path, MOST_BYTES).catch((error) => {
    throw isKshotError(error, 'episodes/data-not-found') ? notFound(error) : error
  })
  const text = decodedText(bytes, path)
  if (/\.(jsonl|ndjson)$/i.test(path)) return jsonLinesTable(path, text)
  if (!/\.json$/i.test(path)) return csvTable(path, text, options)
  return text.trimStart().startsWith('{') && text.trim().includes('\n{')
    ? jsonLinesTable(path, text)
    : jsonArrayTable(path, text)
}

function notFound({ got, cause }: KshotError): KshotError {
  return new KshotError('episodes/data-not-found', {
    got,
    expected: 'a .csv, .tsv, .jsonl or .json file with labelled examples',
    remedy: 'Check the path',
    cause,
  })
}
