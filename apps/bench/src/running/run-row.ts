import { existsSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { KshotError } from '@kshot/core'
import { type DoneRow, rowOfRun } from '@kshot/results'
import { MOST_BYTES, readText } from '../files/text-file'
import { FILES } from './run-folder'

/**
 * The folder of a `kshot run` as the row of a leaderboard.
 * @throws `usage/no-accuracy`, `results/damaged`, `results/contradiction`
 */
export function rowOfFolder(folder: string): DoneRow {
  return rowOfRun({
    name: basename(resolve(folder)),
    result: textOf(folder, FILES.result),
    episodes: textOf(folder, FILES.episodes),
    log: logOf(folder),
  })
}

/** Empty where nothing was trained. */
export function logOf(folder: string): string {
  return existsSync(join(folder, FILES.log)) ? textOf(folder, FILES.log) : ''
}

/** @throws `results/damaged` */
export function textOf(folder: string, file: string): string {
  const path = join(folder, file)
  try {
    return readText(path, MOST_BYTES.log)
  } catch (cause) {
    throw new KshotError('results/damaged', {
      got: `${path}: ${(cause as Error).message}`,
      expected: 'a file as written by kshot run',
      remedy: 'Run the test again: npx kshot run --resume --out <this folder>',
      cause,
    })
  }
}
