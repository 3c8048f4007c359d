import { canonicalJson, type Json } from '@kshot/core'
import { differencesOf } from './config-differences'
import { netName, netOf } from './describe'
import { type DoneRow, isDone, type Source } from './row'

/** The rows of one learner on one backend in one setting: one per seed. */
export interface LearnerRows {
  readonly name: string
  readonly rows: readonly DoneRow[]
}

interface Group {
  readonly rows: readonly DoneRow[]
  readonly run: boolean
}

/**
 * Puts the rows of one setting together by learner and backend. Single runs that differ in the seed
 * alone are one learner; those that have one name are distinguished by what differs in their configurations.
 * @param all what else is looked at, so that a learner has one name in all settings
 */
export function rowsByLearner(sources: readonly Source[], all = sources): LearnerRows[] {
  const groups = new Map<string, { rows: DoneRow[]; run: boolean }>()
  for (const { row, run } of sources) {
    if (!isDone(row)) continue
    const { learner, budget } = row.cell
    const key = run
      ? canonicalJson(withoutSeed(row.config))
      : [learner, budget.by, row.backend].join('\0')
    const { rows } = groups.get(key) ?? { rows: [] }
    if (rows.some((other) => sameResult(other, row))) continue
    groups.set(key, { rows: [...rows, row], run })
  }
  const withNames = [...groups.values()].map((group) => ({ ...group, name: nameOf(group, all) }))
  return withNames.map((group) => ({
    name: distinctName(group, withNames),
    rows: [...group.rows].sort((a, b) => a.cell.seed - b.cell.seed),
  }))
}

/** A seed that was run twice counts once. */
function sameResult(a: DoneRow, b: DoneRow): boolean {
  return a.cell.seed === b.cell.seed && a.scores.join() === b.scores.join()
}

/** As the leaderboard names it; of a run its learner, with what differs from others of that kind. */
function nameOf({ rows: [row], run }: Group, all: readonly Source[]): string {
  if (!run) return row!.cell.learner
  const others = all.flatMap((source) => (source.run && isDone(source.row) ? [source.row] : []))
  const alike = others.filter(({ cell }) => cell.learner === row!.cell.learner)
  const differences = differencesOf(learnerOf(row!), alike.map(learnerOf))
  return [row!.cell.learner, ...differences].join(', ')
}

/** The number of ways of a fixed head belongs to the setting. */
function learnerOf({ config }: DoneRow): Json {
  const { ways: _, ...rest } = (config as { learner: { [key: string]: Json } }).learner
  return rest
}

interface NamedGroup extends Group {
  readonly name: string
}

function distinctName(group: NamedGroup, all: readonly NamedGroup[]): string {
  const same = all.filter(({ name }) => name === group.name)
  if (same.length === 1) return group.name
  const [row] = group.rows
  const backends = new Set(same.map(({ rows: [other] }) => other!.backend)).size
  if (backends === same.length) return `${group.name} (${row!.backend})`
  const configs = same.map(({ rows: [other] }) => withoutSeed(other!.config))
  const differences = differencesOf(withoutSeed(row!.config), configs)
  return [group.name, ...(differences.length > 0 ? differences : [row!.cell.name])].join(', ')
}

/** A configuration without what makes two runs of the same learner two. */
export function withoutSeed(config: unknown): Json {
  const { seed: _, workers: __, ...rest } = config as { [key: string]: Json }
  return rest
}

/** The net behind a name: `conv4 with 16 filters`. */
export function netOfRow(row: DoneRow): string {
  // As it was built, with its defaults; of a learner that declares no net, what the configuration says.
  const net = netOf(row)
  return net ? netName(net) : (row.backbone ?? row.learner.export)
}
