import type { TaskKind } from '@kshot/core'
import { type Budget, largest, type NumberOrRange, rangeText, smallest } from '@kshot/results'
import { parseConfig } from '../configuration/config'
import { resolvePaths } from '../configuration/resolve-paths'
import type { Config } from '../configuration/schema'
import { badValue, type LearnerEntry } from './entries'
import type { Leaderboard, Training } from './schema'
import type { Setting } from './settings'

/** What a configuration is made of. */
export interface Configured extends LearnerEntry {
  /** Whether it is for one number of classes alone: that of the setting. */
  readonly hasFixedWays: boolean
}

/** How much a cell trains, on what. */
export interface Amount {
  readonly budget: Budget
  readonly kind: TaskKind
}

/** The configuration of a cell, but for its seed and backend, which are the first of the leaderboard. */
export function configOf(
  board: Leaderboard,
  setting: Setting,
  entry: Configured,
  from: string,
  amount: Amount,
): Config {
  const training = trainingOf(board, setting, entry)
  const { ways, shots, queries, metaBatch, optimizer, decay, augment } = training
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
      ...(augment && { augment }),
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
): Step & Pick<Training, 'optimizer' | 'decay' | 'augment'> {
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

function atMost<T extends NumberOrRange>(drawn: T, most: number): T | number {
  if (largest(drawn) <= most) return drawn
  if (smallest(drawn) >= most) return most
  return { ...(drawn as object), max: most } as T
}

/** A fixed head has an output for each class of the setting. */
function learnerIn(
  { name, shape }: Setting,
  { learner, fitted, hasFixedWays, name: called }: Configured,
): object {
  if (hasFixedWays && typeof shape.ways === 'object') {
    throw badValue(
      `${rangeText(shape.ways)} ways in '${name}', and a head of ${called} for one number of them`,
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
