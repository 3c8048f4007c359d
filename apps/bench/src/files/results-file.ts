import { KshotError } from '@kshot/core'
import { writeFileAtomic } from '@kshot/core/node'
import { parseResults, type Row, resultsText } from '@kshot/results'
import { MOST_BYTES, readText } from './text-file'

/** The file of a leaderboard's folder that is the truth; everything else is made from it. */
export const RESULTS = 'results.jsonl'

/**
 * Writes the rows, sorted, one line each, whole or not at all.
 * @throws `checkpoint/unwritable`
 */
export function writeResults(path: string, rows: readonly Row[]): Promise<void> {
  return writeFileAtomic(path, resultsText(rows))
}

/**
 * The rows of a `results.jsonl`.
 * @throws `results/unreadable`, `results/damaged` naming the line
 */
export async function readResults(path: string): Promise<Row[]> {
  return parseResults(textOf(path), path)
}

function textOf(path: string): string {
  try {
    return readText(path, MOST_BYTES.result)
  } catch (cause) {
    throw unreadable(path, cause)
  }
}

function unreadable(path: string, cause: unknown): KshotError {
  return new KshotError('results/unreadable', {
    got: `${path}: ${(cause as Error).message}`,
    expected: `the ${RESULTS} of a leaderboard`,
    remedy: 'Pass the folder that kshot leaderboard wrote',
    cause,
  })
}
