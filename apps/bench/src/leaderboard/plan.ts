import { isKshotError, KshotError, type TaskKind } from '@kshot/core'
import {
  type Budget,
  type Cell,
  type Drawn,
  drawnName,
  largest,
  netName,
  smallest,
} from '@kshot/results'
import { buildLearner } from '../catalogue/specs'
import { parseConfig } from '../configuration/config'
import { resolvePaths } from '../configuration/resolve-paths'
import type { Config } from '../configuration/schema'
import { tasksOf } from '../data/data'
import { badValue, type LearnerEntry, learnerEntries } from './entries'
import { learnsNothing } from './learns-nothing'
import type { Leaderboard, Training } from './schema'
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
interface Entrant extends LearnerEntry {
  /** Whether it is for one number of classes alone: that of the setting. */
  readonly hasFixedWays: boolean
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
      `${drawnName(ways)}-way test episodes of '${setting.name}', and a head for ${drawnName(test.ways!)} ways`,
      `checkpoints of a ${drawnName(ways)}-way setting`,
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

interface Amount {
  readonly budget: Budget
  readonly kind: TaskKind
}

/** The examples of a meta-step. */
interface Step {
  readonly ways: Setting['shape']['ways']
  readonly shots: Setting['shape']['shots']
  readonly queries: number
  readonly metaBatch: number
}

/** Training as it was said for this learner, else for all, else as the test. */
function trainingOf(
  board: Leaderboard,
  { shape, splits }: Setting,
  { train, fitted, hasFixedWays }: Configured,
): Step & Pick<Training, 'optimizer' | 'decay'> {
  const { ways, shots, queries } = shape
  const said = { ...withoutUndefined(board.train), ...withoutUndefined(train) }
  const own = { ways, shots, queries, metaBatch: 1, ...said } as Step
  if (!fitted || splits.train.classes.length === 0) return own
  // A pool of as many examples as the smallest class has.
  const most = Math.min(...splits.train.classes.map(({ size }) => size)) - own.queries
  return {
    ...own,
    shots: atMost(own.shots, Math.max(1, most)),
    ways: hasFixedWays ? ways : atMost(own.ways, splits.train.classes.length),
  }
}

function atMost<T extends Drawn>(drawn: T, most: number): T | number {
  if (largest(drawn) <= most) return drawn
  if (smallest(drawn) >= most) return most
  return { ...(drawn as object), max: most } as T
}

/** What a configuration is made of. */
type Configured = LearnerEntry & Pick<Entrant, 'hasFixedWays'>

function configOf(
  board: Leaderboard,
  setting: Setting,
  entry: Configured,
  from: string,
  amount: Amount,
): Config {
  const training = trainingOf(board, setting, entry)
  const { ways, shots, queries, metaBatch, optimizer, decay } = training
  const { within, drawers } = setting.shape
  const grouped = { ...(within && { within }), ...(drawers && { drawers }) }
  const steps = stepsOf(amount, training, entry.name)
  const { executor, tasksAtOnce, tuningTrials } = entry
  const raw = {
    learner: learnerIn(setting, entry),
    dataset: setting.dataset,
    train: {
      ways,
      shots,
      queries,
      ...grouped,
      metaBatch,
      steps,
      optimizer: falling(optimizer ?? { name: 'adam', rate: 1e-3 }, decay, steps, amount.budget),
      checkpointEvery: board.train.checkpointEvery,
      ...(amount.budget.by === 'seconds' && { maxSeconds: amount.budget.amount }),
    },
    validate: steps === 0 ? null : validationOf(board, setting, steps, amount.budget),
    test: { ...setting.shape, ...board.test },
    seed: board.seeds[0],
    backend: board.backends[0],
    tuningTrials,
    ...(executor !== undefined && { executor }),
    ...(tasksAtOnce !== undefined && { tasksAtOnce }),
  }
  return parseConfig(resolvePaths(from, raw))
}

/** A fixed head has an output for each class of the setting. */
function learnerIn(
  { name, shape }: Setting,
  { learner, fitted, hasFixedWays, name: called }: Configured,
): object {
  if (hasFixedWays && typeof shape.ways === 'object') {
    throw badValue(
      `${drawnName(shape.ways)} ways in '${name}', and a head of ${called} for one number of them`,
      'one number of ways, or a learner for any',
      'Give it the options { "head": "shared" }, or leave it out',
    )
  }
  const follows = hasFixedWays && (fitted || learner.ways === undefined)
  return follows ? { ...learner, ways: shape.ways } : learner
}

/** No budget of time is reached by steps. */
const ENDLESS = 1_000_000

/** Meta-steps that see no more than the budget; the images of a task are those of an episode. */
function stepsOf(
  { budget: { by, amount }, kind }: Amount,
  { ways, shots, queries, metaBatch }: Step,
  name: string,
): number {
  if (kind === 'nothing') return 0
  if (by === 'seconds') return ENDLESS
  const images = largest(ways) * (largest(shots) + queries)
  const task = by === 'episodes' ? 1 : kind === 'pairs' ? 2 * Math.ceil(images / 2) : images
  const steps = Math.floor(amount / (task * metaBatch))
  if (steps > 0) return steps
  throw badValue(
    `a budget of ${amount} ${by}, and ${task * metaBatch} in one meta-step of ${name}`,
    'a budget for at least one meta-step',
    'Raise the budget, or use fewer ways, queries or episodes per meta-step',
  )
}

function validationOf(
  { validate }: Leaderboard,
  { shape }: Setting,
  steps: number,
  { by }: Budget,
) {
  const { episodes, checks, every, patience, seed } = validate
  return {
    ...shape,
    episodes,
    seed,
    every: by === 'seconds' ? every : Math.max(1, Math.ceil(steps / checks)),
    ...(patience !== null && { patience }),
  }
}

/** A constant rate that falls to 0 over all steps; a schedule stays as it is. */
function falling(
  optimizer: { readonly [key: string]: unknown },
  decay: Training['decay'],
  steps: number,
  { by }: Budget,
): object {
  if (!decay || decay === 'none' || typeof optimizer.rate !== 'number') return optimizer
  if (by === 'seconds' || steps === 0) return optimizer
  return { ...optimizer, rate: { name: decay, initial: optimizer.rate, steps } }
}

function withoutUndefined<T extends object>(values: T): Partial<T> {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as Partial<T>
}

/** An error that says which learner, or which cell, it is about. */
export function about(what: string, error: unknown): unknown {
  if (!isKshotError(error)) return error
  const { code, got, expected, remedy } = error
  return new KshotError(code, { got: `${what}: ${got}`, expected, remedy, cause: error })
}
