import {
  count,
  described,
  flag,
  listOf,
  oneOf,
  options,
  positive,
  type Schema,
  seed,
  withDefault,
} from '@kshot/core/options'
import { ownOptions } from '../own-options'

const name = { type: 'string' } as const satisfies Schema
const support = described(
  'The points that are learned from: any, or the first of each task in the order of the file.',
  withDefault('random', oneOf('random', 'first')),
)

/** What {@link RegressionTasksOptions} may be. */
export const regressionTasksOptions = options(
  { shots: positive, queries: count, seed, support },
  'shots',
  'queries',
  'seed',
)

/** What {@link RegressionFileOptions} may be. */
export const regressionFileOptions = options({
  splits: described('Shares of the tasks that are assigned to each split.', ownOptions.splits),
  seed: described('Assigns the tasks to the splits.', ownOptions.seed),
  task: described('The column or key with the task of a point.', withDefault('task', name)),
  targets: described('The columns that are predicted; default: y, or y1, y2, …', listOf(name)),
  columns: described(
    'The columns that are inputs; default: all others but row numbers and constants.',
    listOf(name),
  ),
  exclude: described('Columns that are no inputs.', listOf(name)),
  delimiter: described('Between the fields of a line; default: whichever splits the first line.', {
    type: 'string',
    minLength: 1,
    maxLength: 1,
  }),
  standardise: described(
    'Each input and target gets mean 0 and deviation 1 over the training tasks.',
    withDefault(true, flag),
  ),
  support,
})
