import type { Spec } from '@kshot/core'
import { checkOptions } from '@kshot/core/options'
import { badOption } from '../checks'
import {
  checkShares,
  DEFAULT_SHARES,
  dealt,
  dealtMissing,
  type SplitName,
  type SplitShares,
} from '../shares'
import { damaged, shown } from '../tables/damaged'
import { type FeatureOptions, featureColumns } from '../tables/feature-columns'
import { checkDelimiter, splitsIn } from '../tables/labelled-file'
import { numberReader } from '../tables/numbers'
import { readTable } from '../tables/read-table'
import { column, type Table } from '../tables/table'
import { vectorColumn } from '../tables/vector-column'
import { shortList } from '../understood'
import type { RegressionData, RegressionSplits, RegressionTask } from './data'
import { regressionFileOptions } from './options'
import { standardisedRegression } from './standardise'

export interface RegressionFileOptions extends FeatureOptions {
  /** The column, or key, with the task of a point. Default `task`. */
  readonly task?: string
  /** The columns that are predicted. Default: `y`, or `y1`, `y2`, … */
  readonly targets?: readonly string[]
  readonly delimiter?: string
  /** Shares of the tasks, for splits that no column `split` defines. Default 0.6, 0.2 and 0.2. */
  readonly splits?: SplitShares
  /** The seed that assigns tasks to splits. Default 0. */
  readonly seed?: number | string
  /** Inputs and targets get mean 0 and deviation 1 over the training tasks. Default true. */
  readonly standardise?: boolean
  /** For `kshot`, which draws the tasks: see `regressionTasks`. */
  readonly support?: 'random' | 'first'
}

/**
 * Regression tasks from a file, one point a line: `task,x1,x2,y`.
 *
 * CSV with names in the first line, JSON Lines, or a JSON list: `{ "task": "car 3", "x": [0.1, 2], "y": 4 }`;
 * `y` may be a list too. Tasks belong to splits as a column `split` says (train, validation, test), or
 * are dealt by `seed`. The points of a task keep their order.
 * @throws `episodes/data-not-found`, `episodes/unreadable-file`, `episodes/file-too-large`,
 * `episodes/damaged-file` naming the line, `episodes/bad-option`, `episodes/splits-overlap`
 * @example const { train } = await regressionFile('patients.csv', { task: 'patient', targets: ['bilirubin'] })
 */
export async function regressionFile(
  path: string,
  options: RegressionFileOptions = {},
): Promise<RegressionSplits> {
  checkOptions('episodes/bad-option', 'regressionFile', regressionFileOptions, options)
  const { task = 'task', delimiter, splits = DEFAULT_SHARES, seed = 0 } = options
  checkShares(splits)
  checkDelimiter(delimiter)
  const table = await readTable(path, {
    label: task,
    ...(delimiter !== undefined && { delimiter }),
  })
  if (table.rows.length === 0) throw damaged(path, 'a file without points', 'at least one point')
  const ids = idsOf(table, task)
  const written = column(table, 'split')
  const all = ids.map((_, row) => row)
  const named = written && splitsIn(table.rows, written, ids, all)
  const dealtTasks = named
    ? dealtMissing(named, splits, seed, 'regression file')
    : dealt([...new Set(ids)].sort(), splits, seed, 'regression file')
  const { inputs, targets, notes } = numbersOf(table, ids, task, written !== undefined, options)
  const rows = rowsByTask(ids)
  const of = (name: SplitName): RegressionData => ({
    spec: specOf(name, path, options),
    inputs: inputs.length,
    outputs: targets.length,
    tasks: dealtTasks[name].map((id) => taskOf(id, rows.get(id)!, inputs, targets)),
  })
  const found: RegressionSplits = {
    train: of('train'),
    validation: of('validation'),
    test: of('test'),
    given: named !== undefined,
    understood: {
      classes: rows.size,
      examples: table.rows.length,
      splits: {
        train: dealtTasks.train.length,
        validation: dealtTasks.validation.length,
        test: dealtTasks.test.length,
      },
      dealt: named ? "by the column 'split'" : `split by seed ${seed}`,
      notes,
      skipped: {},
      broken: [],
      small: [],
    },
  }
  return options.standardise === false ? found : standardisedRegression(found)
}

/** One split of {@link regressionFile}: what a spec calls. */
export async function regressionFileSplit({
  name,
  path,
  ...options
}: RegressionFileOptions & {
  readonly name: SplitName
  readonly path: string
}): Promise<RegressionData> {
  return (await regressionFile(path, options))[name]
}

function idsOf(table: Table, task: string): string[] {
  const values = column(table, task)
  if (!values) {
    throw badOption(
      `${table.path}: no '${task}' among ${shortList(table.names, 20)}`,
      'a column, or key, with the task of each point',
      "Name it with the option 'task', as in task: 'patient'",
    )
  }
  return values.map((value, i) => {
    const plain = typeof value === 'string' || typeof value === 'number'
    const id = plain ? String(value).trim() : ''
    if (id !== '') return id
    throw damaged(table.rows[i]!.where, `'${task}' is ${shown(value)}`, 'the name of a task')
  })
}

/** Columns of inputs and targets, as numbers. */
function numbersOf(
  table: Table,
  ids: readonly string[],
  task: string,
  split: boolean,
  { targets: asked, columns, exclude }: RegressionFileOptions,
) {
  const read = numberReader(table.delimiter)
  const names = asked && asked.length > 0 ? asked : targetNames(table)
  for (const name of names) if (!table.names.includes(name)) throw noTarget(table, name)
  const targets = names.flatMap((name) => targetColumns(table, name, read))
  const used = [task, ...names, ...(split ? ['split'] : [])]
  const list = columns === undefined ? vectorColumn(table, undefined, read) : undefined
  const told = `targets: ${shortList(names, 8)}`
  if (list) return { inputs: list, targets, notes: [`inputs of ${list.length} numbers`, told] }
  const features = featureColumns(table, used, { columns, exclude }, read, ids)
  return { inputs: features.columns, targets, notes: [...features.notes, told] }
}

/** `y`, or `y1`, `y2`, … */
function targetNames(table: Table): readonly string[] {
  if (table.names.includes('y')) return ['y']
  const numbered = table.names.filter((name) => /^y_?\d+$/.test(name))
  if (numbered.length > 0) return numbered
  throw noTarget(table, 'y')
}

function targetColumns(
  table: Table,
  name: string,
  read: ReturnType<typeof numberReader>,
): readonly Float64Array[] {
  const at = table.names.indexOf(name)
  if (Array.isArray(table.rows[0]!.values[at])) return vectorColumn(table, name, read)!
  return [Float64Array.from(table.rows, ({ values, where }) => read(values[at], where, name))]
}

function noTarget({ path, names }: Table, name: string) {
  return badOption(
    `${path}: no '${name}' among ${shortList(names, 20)}`,
    'columns, or keys, with what is to be predicted',
    "Name them with the option 'targets', as in targets: ['price']",
  )
}

function rowsByTask(ids: readonly string[]): Map<string, number[]> {
  const rows = new Map<string, number[]>()
  ids.forEach((id, row) => {
    const known = rows.get(id)
    if (known) known.push(row)
    else rows.set(id, [row])
  })
  return rows
}

function taskOf(
  id: string,
  rows: readonly number[],
  inputs: readonly Float64Array[],
  targets: readonly Float64Array[],
): RegressionTask {
  const of = (columns: readonly Float64Array[]) =>
    Float32Array.from({ length: rows.length * columns.length }, (_, i) => {
      const row = rows[Math.floor(i / columns.length)]!
      return columns[i % columns.length]![row]!
    })
  return { id, x: of(inputs), y: of(targets) }
}

function specOf(name: SplitName, path: string, options: RegressionFileOptions): Spec {
  return {
    package: '@kshot/episodes/node',
    export: 'regressionFileSplit',
    options: { ...(options as Spec['options']), name, path },
  }
}
