import { existsSync, readdirSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { canonicalJson, KshotError } from '@kshot/core'
import { isDone, RESULTS, type Row, readResults, withoutTimes } from '../leaderboard/results'
import { FILES } from '../run-folder'
import { rowOfRun } from './run-row'

/** Where a row comes from. */
export interface Source {
  readonly path: string
  readonly row: Row
  /** Of a `kshot run`, and not of a leaderboard. */
  readonly run: boolean
}

/**
 * The rows of folders and files: of leaderboards, of their shards, of single runs, or of folders that
 * hold some of those. What was given twice counts once.
 * @throws `usage/no-results`, `usage/cells-clash`, and what reading the files throws
 */
export async function loadSources(paths: readonly string[]): Promise<Source[]> {
  const sources: Source[] = []
  for (const path of paths) sources.push(...(await sourcesAt(path)))
  return merged(sources)
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
  if (all.length === 0) throw noResults(path, 'with nothing finished in it')
  return all
}

async function sourcesOfFolder(folder: string): Promise<Source[]> {
  const results = join(folder, RESULTS)
  if (existsSync(results)) return leaderboard(results)
  if (!existsSync(join(folder, FILES.result))) return []
  return [{ path: folder, row: rowOfRun(folder), run: true }]
}

function sourcesOfFile(path: string): Promise<Source[]> | Source[] {
  if (path.endsWith('.jsonl')) return leaderboard(path)
  if (basename(path) !== FILES.result) throw noResults(path, 'a file of another kind')
  return [{ path: dirname(path), row: rowOfRun(dirname(path)), run: true }]
}

async function leaderboard(path: string): Promise<Source[]> {
  return (await readResults(path)).map((row) => ({ path, row, run: false }))
}

/** One source a cell: that which is done, where one of two has failed. */
function merged(sources: readonly Source[]): Source[] {
  const byCell = new Map<string, Source>()
  for (const source of sources) {
    const key = source.run ? `run ${source.path}` : `cell ${source.row.cell.name}`
    const known = byCell.get(key)
    if (!known || (isDone(source.row) && !isDone(known.row))) byCell.set(key, source)
    else if (isDone(source.row) && isDone(known.row) && !alike(known, source)) {
      throw clash(known, source)
    }
  }
  return [...byCell.values()]
}

function alike(a: Source, b: Source): boolean {
  const [left, right] = [a, b].map(({ row }) => canonicalJson(withoutTimes(row) as never))
  return left === right
}

function clash({ path, row }: Source, other: Source): KshotError {
  return new KshotError('usage/cells-clash', {
    got: `two results of ${row.cell.name} that differ, in ${path} and in ${other.path}`,
    expected: 'shards of one leaderboard, each cell in one of them',
    remedy: 'Report them apart, or leave one of them out',
  })
}

function noResults(path: string, why: string): KshotError {
  return new KshotError('usage/no-results', {
    got: `${path}, ${why}`,
    expected: `a folder with ${RESULTS} (kshot leaderboard) or ${FILES.result} (kshot run), or that file`,
    remedy: 'Check the path, or finish the run with --resume',
  })
}
