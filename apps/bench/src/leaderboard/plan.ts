import { isKshotError, KshotError, type TaskKind } from '@kshot/core'
import { type Budget, type Cell, netName, rangeText } from '@kshot/results'
import { buildLearner } from '../catalogue/specs'
import { parseConfig } from '../configuration/config'
import type { Config } from '../configuration/schema'
import { tasksOf } from '../data/data'
import { type Configured, configOf } from './cell-config'
import { badValue, type LearnerEntry, learnerEntries } from './entries'
import { learnsNothing } from './learns-nothing'
import type { Leaderboard } from './schema'
import { type Places, type Setting, settingsOf } from './settings'
import { withPackages } from './with-packages'

/** Learners × settings × budgets × backends × seeds. */
const MOST_CELLS = 100_000

/** A cell with the configuration of its run. */
export interface CellPlan {
  readonly cell: Cell
  readonly config: Config
  /** The learner's net in words. */
  readonly backbone: string
  /** Further tests of what is trained. */
  readonly also: readonly TestPlan[]
}

/** A cell that tests the checkpoint of another one. */
export type TestPlan = Omit<CellPlan, 'also'>

export interface Plan {
  readonly cells: readonly CellPlan[]
  readonly settings: readonly Setting[]
}

/**
 * The cells of a leaderboard, each with a configuration that was checked against its data: whatever is
 * wrong is wrong before anything is trained.
 * @throws `config/…` naming the learner, `usage/foreign-module`, and what opening a data set throws
 */
export async function planOf(
  board: Leaderboard,
  places: Places,
  allowModule: boolean,
): Promise<Plan> {
  checkSize(board)
  const settings = await settingsOf(board, places)
  const cells: CellPlan[] = []
  for (const setting of settings) {
    if (setting.checkpointsOf !== undefined) continue
    const tests = settings.filter(({ checkpointsOf }) => checkpointsOf === setting.name)
    const leave = { folder: places.from, allowModule }
    const all = await withPackages(board, setting.examples, leave)
    for (const entry of learnerEntries(all, setting.examples)) {
      try {
        const entrant = await entrantOf(board, setting, entry, places, allowModule)
        const own = cellsOf(board, setting, entrant, places)
        cells.push(
          ...own.map((plan) => ({
            ...plan,
            also: tests.map((test) => testPlan(plan, test, entrant)),
          })),
        )
      } catch (error) {
        throw about(`${entry.name} in ${setting.name}`, error)
      }
    }
  }
  return { settings, cells }
}

/** @throws `config/bad-value` before anything is opened */
function checkSize({ learners, settings, seeds, backends, budget }: Leaderboard): void {
  const factors = [learners?.length ?? 1, settings.length, seeds.length, backends.length]
  const cells = factors.reduce((product, n) => product * n, Object.keys(budget).length)
  if (cells <= MOST_CELLS) return
  throw badValue(
    `${cells} cells`,
    `at most ${MOST_CELLS} in one leaderboard`,
    'Split it into several leaderboards: kshot report combines their results',
  )
}

/** A learner in its setting, with what it says of itself once it is built. */
interface Entrant extends Configured {
  readonly kind: TaskKind
  /** Its net in words. */
  readonly backbone: string
}

async function entrantOf(
  board: Leaderboard,
  setting: Setting,
  entry: LearnerEntry,
  { from }: Places,
  allowModule: boolean,
): Promise<Entrant> {
  const untrained = { budget: budgetsOf(board)[0]!, kind: 'nothing' } as const
  const build = async (hasFixedWays: boolean) => {
    const config = configOf(board, setting, { ...entry, hasFixedWays }, from, untrained)
    return buildLearner(config, allowModule)
  }
  const learner = await build(false).catch((error) =>
    // A fixed head may wait for the setting to say its number of classes.
    build(true).catch(() => {
      throw error
    }),
  )
  const { traits, trainsOn = 'episodes' } = learner
  const isUntrained = entry.untrained || (await learnsNothing(learner, setting.splits.test.shape))
  const backbone = entry.backbone ?? (traits.net && netName(traits.net))
  if (backbone === undefined) throw withoutBackbone(entry.name)
  return {
    ...entry,
    hasFixedWays: traits.fixedWays !== undefined,
    kind: isUntrained ? 'nothing' : trainsOn,
    backbone,
  }
}

/** A table says it of each row. */
function withoutBackbone(name: string): KshotError {
  return badValue(
    `'${name}', whose traits name no net, without a backbone`,
    "its net in words, such as 'conv4 with 64 filters'",
    'Add "backbone"',
  )
}

function cellsOf(
  board: Leaderboard,
  setting: Setting,
  entrant: Entrant,
  { from }: Places,
): TestPlan[] {
  const cells: TestPlan[] = []
  const budgets = budgetsOf(board)
  const { kind } = entrant
  // That the data has enough does not depend on the budget.
  const untrained = { budget: budgets[0]!, kind: 'nothing' } as const
  tasksOf(configOf(board, setting, entrant, from, untrained), setting.splits).train(kind)
  for (const budget of budgets) {
    const config = configOf(board, setting, entrant, from, { budget, kind })
    // Those of validation.
    tasksOf(config, setting.splits)
    for (const backend of board.backends) {
      for (const seed of board.seeds) {
        const { name: learner, backbone } = entrant
        const cell = { learner, setting: setting.name, budget, backend, seed }
        cells.push({ cell: withName(cell), config: { ...config, backend, seed }, backbone })
      }
    }
  }
  return cells
}

/**
 * What is trained for one setting, tested in another.
 * @throws `config/bad-value`
 */
function testPlan(
  { cell, config, backbone }: TestPlan,
  setting: Setting,
  { hasFixedWays }: Entrant,
): TestPlan {
  const { test } = config
  const { episodes, seed } = test
  const { ways } = setting.shape
  if (hasFixedWays && (ways !== test.ways || typeof ways === 'object')) {
    throw badValue(
      `${rangeText(ways)}-way test episodes of '${setting.name}', and a head for ${rangeText(test.ways!)} ways`,
      `checkpoints of a ${rangeText(ways)}-way setting`,
      'Train for this setting: remove checkpointsOf',
    )
  }
  const { name: _, ...rest } = cell
  return {
    cell: withName({ ...rest, setting: setting.name, checkpointsOf: cell.setting }),
    config: parseConfig({ ...config, test: { ...setting.shape, episodes, seed } }),
    backbone,
  }
}

function withName(cell: Omit<Cell, 'name'>): Cell {
  const { learner, setting, budget, backend, seed } = cell
  return { name: [learner, setting, budget.by, backend, `seed${seed}`].join('.'), ...cell }
}

function budgetsOf({ budget }: Leaderboard): Budget[] {
  const kinds = ['images', 'episodes', 'seconds'] as const
  return kinds.flatMap((by) => {
    const amount = budget[by]
    return amount === undefined ? [] : [{ by, amount }]
  })
}

/** An error that says which learner, or which cell, it is about. */
export function about(what: string, error: unknown): unknown {
  if (!isKshotError(error)) return error
  const { code, got, expected, remedy } = error
  return new KshotError(code, { got: `${what}: ${got}`, expected, remedy, cause: error })
}
