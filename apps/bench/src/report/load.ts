import { existsSync, readdirSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { KshotError } from '@kshot/core'
import { mergeSources, parseLog, parseResult, type Source } from '@kshot/results'
import type { Config } from '../configuration/schema'
import { RESULTS, readResults } from '../files/results-file'
import { FILES } from '../running/run-folder'
import { logOf, rowOfFolder, textOf } from '../running/run-row'
import type { Learning } from './page/learning'

/**
 * The rows of folders and files: of leaderboards, of their shards, of single runs, or of folders that
 * hold some of those. What was given twice counts once.
 * @throws `usage/no-results`, `usage/cells-clash`, and what reading the files throws
 */
export async function loadSources(paths: readonly string[]): Promise<Source[]> {
  const sources: Source[] = []
  for (const path of paths) sources.push(...(await sourcesAt(path)))
  return mergeSources(sources)
}

async function sourcesAt(path: string): Promise<Source[]> {
  if (!existsSync(path)) throw noResults(path, 'which does not exist')
  if (!statSync(path).isDirectory()) return sourcesOfFile(path)
  const found = await sourcesOfFolder(path)
  if (found.length > 0) return found
  const inside = readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(path, name))
    .sort()
  const all: Source[] = []
  for (const folder of inside) all.push(...(await sourcesOfFolder(folder)))
  if (all.length === 0) throw noResults(path, 'which contains no finished results')
  return all
}

async function sourcesOfFolder(folder: string): Promise<Source[]> {
  const results = join(folder, RESULTS)
  if (existsSync(results)) return leaderboard(results)
  if (!existsSync(join(folder, FILES.result))) return []
  return [{ path: folder, row: rowOfFolder(folder), run: true }]
}

function sourcesOfFile(path: string): Promise<Source[]> | Source[] {
  if (path.endsWith('.jsonl')) return leaderboard(path)
  if (basename(path) !== FILES.result) throw noResults(path, 'which is a different kind of file')
  return [{ path: dirname(path), row: rowOfFolder(dirname(path)), run: true }]
}

async function leaderboard(path: string): Promise<Source[]> {
  return (await readResults(path)).map((row) => ({ path, row, run: false }))
}

/** What a run says of its training. */
export function learningOf(folder: string): Learning {
  const { config, train } = parseResult(textOf(folder, FILES.result), join(folder, FILES.result))
  return { config: config as Config, images: train.images, steps: parseLog(logOf(folder)) }
}

function noResults(path: string, why: string): KshotError {
  return new KshotError('usage/no-results', {
    got: `${path}, ${why}`,
    expected: `a folder with ${RESULTS} (kshot leaderboard) or ${FILES.result} (kshot run), or that file`,
    remedy: 'Check the path, or finish the run with --resume',
  })
}
