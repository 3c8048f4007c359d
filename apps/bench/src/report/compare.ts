import { KshotError } from '@kshot/core'
import { settingName } from '../describe'
import { type DoneRow, isDone } from '../leaderboard/results'
import { type Ranking, rank } from '../leaderboard/statistics'
import { type Seeds, seedsByLearner } from './contenders'
import { loadSources, type Source } from './load'
import { checkSameEpisodes } from './tables'

/** Learners or checkpoints beside each other on the same episodes. */
export interface Compared {
  readonly title: string
  readonly episodes: number
  readonly episodeSet: string
  readonly contenders: readonly Seeds[]
  readonly ranking: Ranking
}

/**
 * Compares results pair by pair over the same episodes. Runs that differ in the seed alone count as one
 * learner, unless nothing else is left to compare.
 * @param name which setting of a leaderboard that has several
 * @throws `usage/which-setting`, `usage/nothing-to-compare`, `usage/other-episodes`, and what loading the results throws
 */
export async function compare(paths: readonly string[], name?: string): Promise<Compared> {
  const all = (await loadSources(paths)).filter(({ row }) => isDone(row))
  const sources = inSetting(all, name)
  checkSameEpisodes(sources)
  const learners = seedsByLearner(sources)
  const contenders = learners.length > 1 ? learners : eachRun(sources)
  if (contenders.length < 2) throw nothingToCompare(paths, contenders.length)
  const [row] = contenders[0]!.rows
  const { setting, test, episodeSet } = row!
  const ranking = rank(
    contenders.map(({ name, rows }) => ({ name, scores: rows.map(({ scores }) => scores) })),
  )
  const title = `${setting.dataset} (${setting.split}), ${settingName(setting)}`
  return { title, episodes: test.episodes, episodeSet, contenders, ranking }
}

/** The results of one setting; of a leaderboard with several, which one must be said. */
function inSetting(sources: readonly Source[], wanted: string | undefined): Source[] {
  const names = [...new Set(sources.map(({ row }) => row.cell.setting))]
  const found = sources.filter(({ row }) => wanted === undefined || row.cell.setting === wanted)
  if (names.length === 0) return []
  const clear = names.length < 2 || wanted !== undefined || sources.some(({ run }) => run)
  if (clear && found.length > 0) return found
  throw new KshotError('usage/which-setting', {
    got: wanted === undefined ? `results of ${names.length} settings` : `--setting ${wanted}`,
    expected: `--setting with one of ${names.map((name) => `'${name}'`).join(', ')}`,
    remedy: 'Learners are compared on the same episodes, so in one setting',
  })
}

/** Every result by the name of its folder. */
function eachRun(sources: readonly Source[]): Seeds[] {
  return sources.map(({ row, path }) => {
    const twice = sources.filter((other) => other.row.cell.name === row.cell.name).length > 1
    return { name: twice ? path : row.cell.name, rows: [row as DoneRow] }
  })
}

function nothingToCompare(paths: readonly string[], found: number): KshotError {
  return new KshotError('usage/nothing-to-compare', {
    got: `${found === 1 ? 'one result' : 'no finished result'} in ${paths.join(', ')}`,
    expected: 'two results or more, tested on the same episodes',
    remedy: 'Name another run, or a leaderboard with several learners',
  })
}

/** One JSON document: fractions, not per cent. */
export function comparedJson({ contenders, ranking, ...rest }: Compared): string {
  const { ranked, comparisons, claim } = ranking
  const sources = contenders.map(({ name, rows }) => ({
    name,
    learner: rows[0]!.learner,
    runs: rows.map(({ cell, test, backend }) => ({
      name: cell.name,
      seed: cell.seed,
      backend,
      test,
    })),
  }))
  return `${JSON.stringify({ ...rest, claim, ranked, comparisons, contenders: sources }, null, 2)}\n`
}
