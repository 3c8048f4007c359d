import { KshotError } from '@kshot/core'
import { type LearnerRows, rowsByLearner } from './by-learner'
import { detailOf, unusualConditions } from './conditions'
import { settingName } from './describe'
import { largest } from './number-or-range'
import type { Published } from './published'
import { comparePublished, type PublishedComparison } from './published-comparison'
import { type Budget, type Cell, type DoneRow, type FailedRow, isDone, type Source } from './row'
import { type Comparison, type Difference, type Ranked, type Ranking, rank } from './statistics'

/** One line in a leaderboard: a learner with all its seeds. */
export interface Line extends LearnerRows {
  /** Its net, steps and trials, as far as `differs` doesn't say them. */
  readonly detail: string
  readonly ranked: Ranked
  /** The difference from the first line; undefined for the first itself. */
  readonly toBest: Gap | undefined
  readonly costs: MeanCosts
  /** The conditions in which its training or test differs from most of the table, in words. */
  readonly differs: readonly string[]
  readonly paper: PublishedComparison | undefined
}

/** This learner minus another, on the same episodes. */
export interface Gap {
  readonly difference: Difference
  readonly adjustedP: number
  readonly significant: boolean
}

/** Means over the seeds. */
export interface MeanCosts {
  readonly trainSeconds: number | null
  readonly trainImages: number
  readonly trainImagesPerSecond: number | null
  readonly adaptPredictMs: number
  readonly peakMemoryBytes: number
  readonly parameters: number
}

/** The learners that were tested on the same episodes, ranked. */
export interface Table {
  readonly id: string
  /** `glyphs, 5-way 1-shot`, and whose checkpoints are tested where they were trained for another setting. */
  readonly title: string
  /** The setting whose checkpoints are tested, if they were trained for a different one. */
  readonly checkpointsOf: string | undefined
  readonly setting: DoneRow['setting'] | undefined
  readonly budget: Budget
  /** The hash of the test episodes. */
  readonly episodeSet: string
  readonly ranking: Ranking
  readonly lines: readonly Line[]
  readonly failed: readonly FailedRow[]
}

/**
 * One table per setting and budget; single runs form one table.
 * @param published published numbers to show with the learners
 * @throws `usage/other-episodes` where results of one setting were tested on different episodes
 */
export function tablesOf(
  sources: readonly Source[],
  published: readonly Published[] = [],
): Table[] {
  const groups = new Map<string, Source[]>()
  for (const source of sources) {
    const { setting, budget } = source.row.cell
    const key = [setting, budget.by, source.run ? 'runs' : budget.amount].join('\0')
    groups.set(key, [...(groups.get(key) ?? []), source])
  }
  const tables = [...groups.values()].map((group) => tableOf(group, sources, published))
  return tables.sort((a, b) => order(a, b)).map((table, i) => ({ ...table, id: `t${i + 1}` }))
}

function tableOf(
  sources: readonly Source[],
  all: readonly Source[],
  published: readonly Published[],
): Table {
  const rows = sources.map(({ row }) => row)
  const done = rows.filter(isDone)
  checkSameEpisodes(sources)
  const learners = rowsByLearner(sources, all)
  const ranking = rank(
    learners.map(({ name, rows }) => ({ name, scores: rows.map(({ scores }) => scores) })),
  )
  const { cell } = rows[0]!
  const setting = done[0]?.setting
  return {
    id: '',
    title: (setting ? `${setting.dataset}, ${settingName(setting)}` : cell.setting) + reused(cell),
    checkpointsOf: cell.checkpointsOf,
    setting,
    budget: cell.budget,
    episodeSet: done[0]?.episodeSet ?? '',
    ranking,
    lines: linesOf(learners, ranking, published),
    failed: rows.filter((row) => !isDone(row)),
  }
}

function reused({ checkpointsOf }: Cell): string {
  return checkpointsOf === undefined ? '' : `, checkpoints of ${checkpointsOf}`
}

function linesOf(
  learners: readonly LearnerRows[],
  ranking: Ranking,
  published: readonly Published[],
): Line[] {
  const unusual = unusualConditions(learners)
  const best = ranking.ranked[0]?.name
  return ranking.ranked.map((ranked) => {
    const own = learners.find(({ name }) => name === ranked.name)!
    const differs = unusual.get(ranked.name)!
    return {
      ...own,
      detail: detailOf(own.rows[0]!, differs),
      ranked,
      toBest: ranked.name === best ? undefined : gap(ranking.comparisons, ranked.name, best!),
      costs: meanCosts(own.rows),
      differs,
      paper: comparePublished(own.rows[0]!, ranked.overEpisodes.interval, published),
    }
  })
}

/** The comparison of two learners, as the first minus the second. */
export function gap(comparisons: readonly Comparison[], first: string, second: string): Gap {
  const found = comparisons.find(
    (c) => (c.first === first && c.second === second) || (c.first === second && c.second === first),
  )!
  const { difference, adjustedP, significant } = found
  if (found.first === first) return { difference, adjustedP, significant }
  const [low, high] = difference.interval
  const turned = { ...difference, mean: -difference.mean, interval: [-high, -low] as const }
  return { difference: turned, adjustedP, significant }
}

function meanCosts(rows: readonly DoneRow[]): MeanCosts {
  const mean = (values: readonly (number | null)[]) =>
    values.reduce<number | null>(
      (sum, v) => (v === null || sum === null ? null : sum + v / values.length),
      0,
    )
  const costs = rows.map((row) => row.costs)
  return {
    trainSeconds: mean(costs.map((c) => c.trainSeconds)),
    trainImages: mean(rows.map(({ train }) => train.images))!,
    trainImagesPerSecond: mean(costs.map((c) => c.trainImagesPerSecond)),
    adaptPredictMs: mean(costs.map((c) => c.adaptPredictMs))!,
    peakMemoryBytes: Math.max(...costs.map((c) => c.peakMemoryBytes)),
    parameters: mean(costs.map((c) => c.parameters))!,
  }
}

function order(a: Table, b: Table): number {
  const key = ({ setting, title }: Table) => [
    setting?.dataset ?? title,
    ...[setting?.ways ?? 0, setting?.shots ?? 0].map((n) => String(largest(n)).padStart(5, '0')),
  ]
  const [left, right] = [a, b].map((table) => [...key(table), table.budget.by].join('\0'))
  return left! < right! ? -1 : 1
}

/**
 * Checks that results were tested on the same episodes.
 * @throws `usage/other-episodes` naming two that were not
 */
export function checkSameEpisodes(sources: readonly Source[]): void {
  const done = sources.flatMap(({ path, row }) => (isDone(row) ? [{ path, row }] : []))
  const [first] = done
  const other = done.find(({ row }) => row.episodeSet !== first!.row.episodeSet)
  if (!other) return
  const about = ({ path, row }: (typeof done)[number]) =>
    `${path} (${row.cell.name}: ${row.test.episodes} episodes, hash ${row.episodeSet.slice(0, 12)}…)`
  throw new KshotError('usage/other-episodes', {
    got: `results tested on different episodes: ${about(first!)} and ${about(other)}`,
    expected: `the same test episodes for all results of '${first!.row.cell.setting}'`,
    remedy:
      'Test again with the same test.* and dataset (npx kshot eval --set …), or look at them separately',
  })
}
