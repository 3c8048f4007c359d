import { KshotError } from '@kshot/core'
import { type LearnerRows, rowsByLearner } from './by-learner'
import { settingName } from './describe'
import { printedJson } from './json-text'
import { type DoneRow, isDone, type Source } from './row'
import { type Ranking, rank } from './statistics'
import { checkSameEpisodes } from './tables'

/** Learners or checkpoints compared on the same episodes. */
export interface Compared {
  readonly title: string
  readonly episodes: number
  readonly episodeSet: string
  readonly learners: readonly LearnerRows[]
  readonly ranking: Ranking
}

/**
 * Compares results pair by pair over the same episodes. Runs that differ only in the seed count as one
 * learner, unless nothing else is left to compare.
 * @param setting which setting, if a leaderboard has several
 * @throws `usage/which-setting`, `usage/nothing-to-compare`, `usage/other-episodes`
 */
export function compare(all: readonly Source[], setting?: string): Compared {
  const sources = inSetting(
    all.filter(({ row }) => isDone(row)),
    setting,
  )
  checkSameEpisodes(sources)
  const byLearner = rowsByLearner(sources)
  const learners = byLearner.length > 1 ? byLearner : eachRun(sources)
  if (learners.length < 2) throw nothingToCompare(all, learners.length)
  const [row] = learners[0]!.rows
  const { test, episodeSet } = row!
  const ranking = rank(
    learners.map(({ name, rows }) => ({ name, scores: rows.map(({ scores }) => scores) })),
  )
  const title = `${row!.setting.dataset} (${row!.setting.split}), ${settingName(row!.setting)}`
  return { title, episodes: test.episodes, episodeSet, learners, ranking }
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
    remedy: 'Learners are compared on the same episodes, so within one setting',
  })
}

/** Every result by the name of its folder. */
function eachRun(sources: readonly Source[]): LearnerRows[] {
  return sources.map(({ row, path }) => {
    const twice = sources.filter((other) => other.row.cell.name === row.cell.name).length > 1
    return { name: twice ? path : row.cell.name, rows: [row as DoneRow] }
  })
}

function nothingToCompare(all: readonly Source[], found: number): KshotError {
  const paths = [...new Set(all.map(({ path }) => path))]
  return new KshotError('usage/nothing-to-compare', {
    got: `${found === 1 ? 'one result' : 'no finished result'} in ${paths.join(', ')}`,
    expected: 'two results or more, tested on the same episodes',
    remedy: 'Name another run, or a leaderboard with several learners',
  })
}

/** One JSON document: fractions, not per cent. */
export function comparedJson({ learners, ranking, ...rest }: Compared): string {
  const { ranked, comparisons, claim } = ranking
  const contenders = learners.map(({ name, rows }) => ({
    name,
    learner: rows[0]!.learner,
    runs: rows.map(({ cell, test, backend }) => ({
      name: cell.name,
      seed: cell.seed,
      backend,
      test,
    })),
  }))
  return printedJson({ ...rest, claim, ranked, comparisons, contenders })
}
