import type { Spec } from '@kshot/core'
import { checkOptions } from '@kshot/core/options'
import type { Dataset, Splits } from '../dataset'
import type { SplitName } from '../shares'
import { shortList } from '../understood'
import { type FeatureOptions, featureColumns } from './feature-columns'
import { type Labelled, type LabelledFileOptions, readLabelled, splitsOf } from './labelled-file'
import { numberReader } from './numbers'
import { vectorFileOptions } from './options'
import type { Table } from './table'
import { vectorColumn } from './vector-column'

export interface VectorFileOptions extends LabelledFileOptions, FeatureOptions {
  /**
   * The column, or key, with the whole vector as a list: in JSON `[5.1, 3.5]`, in CSV the same as
   * a text. Default: `x`, if it contains lists.
   */
  readonly vector?: string
  /**
   * Subtracts each column's mean and divides by its standard deviation, both over the training examples; a column
   * that never varies there becomes 0. Default true.
   */
  readonly standardise?: boolean
}

/**
 * Labelled vectors, `[n]` numbers per example: measurements, or embeddings computed earlier.
 *
 * CSV with names in the first line: the column `label`, all others numbers; columns that number the rows
 * or never vary are left out unless `columns` names them. JSON Lines, or a JSON list:
 * `{ "label": "setosa", "x": [5.1, 3.5] }`. With a column (key) `split` of `train`, `validation`, `test`
 * in each line these are the splits; without, the classes are dealt to splits by `seed`. What was taken
 * and what was left out is recorded in `understood`.
 * @throws `episodes/data-not-found`, `episodes/unreadable-file`, `episodes/file-too-large`,
 * `episodes/damaged-file`, `episodes/bad-option`, `episodes/splits-overlap`,
 * `episodes/same-class-twice`, `episodes/not-classes`
 * @example const { train } = await vectorFile('flowers.csv', { label: 'species' })
 */
export async function vectorFile(path: string, options: VectorFileOptions = {}): Promise<Splits> {
  checkOptions('episodes/bad-option', 'vectorFile', vectorFileOptions, options)
  const { columns, exclude, vector } = options
  const labelled = await readLabelled(path, options, columns !== undefined || vector !== undefined)
  const { size, columns: values, notes } = featuresOf(labelled, { columns, exclude, vector })
  const scaled = options.standardise === false ? values : standardised(values, labelled.rows.train)
  const exampleAt = (row: number) => Float32Array.from(scaled, (one) => one[row]!)
  const shape = { shape: [size], notes }
  return splitsOf(labelled, shape, exampleAt, (name) => specOf(name, path, options))
}

/** One split of {@link vectorFile}: what a spec calls. */
export async function vectorFileSplit({
  name,
  path,
  ...options
}: VectorFileOptions & { readonly name: SplitName; readonly path: string }): Promise<Dataset> {
  return (await vectorFile(path, options))[name]
}

function featuresOf(
  { table, used, labels }: Labelled,
  { vector, ...options }: FeatureOptions & { readonly vector?: string | undefined },
) {
  const read = numberReader(table.delimiter)
  const list = options.columns ? undefined : vectorColumn(table, vector, read)
  if (list)
    return { size: list.length, columns: list, notes: vectorNotes(list, table, used, vector) }
  const features = featureColumns(table, used, options, read, labels)
  return { ...features, size: features.names.length }
}

function vectorNotes(
  list: readonly Float64Array[],
  { names }: Table,
  used: readonly string[],
  vector = 'x',
): string[] {
  const others = names.filter((name) => name !== vector && !used.includes(name))
  const beside = others.length > 0 ? [`not read beside '${vector}': ${shortList(others)}`] : []
  return [`vectors of ${list.length} numbers`, ...beside]
}

/** By the training examples alone: what is tested on has no say. */
function standardised(
  columns: readonly Float64Array[],
  train: readonly number[],
): readonly (readonly number[] | Float64Array)[] {
  if (train.length === 0) return columns
  return columns.map((values) => {
    // The numbers that a learner sees are float32: so are those that are averaged.
    const own = Float32Array.from(train, (row) => values[row]!)
    const mean = own.reduce((sum, v) => sum + v, 0) / own.length
    const deviation = Math.sqrt(own.reduce((sum, v) => sum + (v - mean) ** 2, 0) / own.length)
    const scale = (v: number) => (deviation === 0 ? 0 : (Math.fround(v) - mean) / deviation)
    return values.map(scale)
  })
}

function specOf(name: SplitName, path: string, options: VectorFileOptions): Spec {
  return {
    package: '@kshot/episodes/node',
    export: 'vectorFileSplit',
    options: { ...(options as Spec['options']), name, path },
  }
}
