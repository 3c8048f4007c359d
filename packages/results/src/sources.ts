import { canonicalJson, type Json, KshotError } from '@kshot/core'
import { withoutTimes } from './results-file'
import { isDone, type Source } from './row'

/**
 * One source per cell, of those of several shards: that which is done, where one of two has failed. What was
 * given twice counts once.
 * @throws `usage/cells-clash` if a cell has two results that differ in more than times
 */
export function mergeSources(sources: readonly Source[]): Source[] {
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
  const [left, right] = [a, b].map(({ row }) => canonicalJson(withoutTimes(row) as Json))
  return left === right
}

function clash({ path, row }: Source, other: Source): KshotError {
  return new KshotError('usage/cells-clash', {
    got: `two results of ${row.cell.name} that differ, in ${path} and in ${other.path}`,
    expected: 'shards of one leaderboard, each cell in one of them',
    remedy: 'Report them separately, or leave one of them out',
  })
}
