import type { Spec } from '@kshot/core'
import type { Dataset, Splits } from '../dataset'
import type { SplitName } from '../shares'
import {
  damaged,
  type Example,
  type LabelledFileOptions,
  type LabelledRecord,
  readLabelled,
  splitsOf,
} from './labelled-file'

export interface VectorFileOptions extends LabelledFileOptions {
  /**
   * Each column minus its mean, by its standard deviation, both over the training examples; a column
   * that never varies there becomes 0. Default true.
   */
  readonly standardise?: boolean
}

/**
 * Labelled vectors, `[n]` numbers an example: measurements, or embeddings computed before.
 *
 * CSV or TSV with names in the first line: the column `label`, all others numbers. JSONL:
 * `{ "label": "setosa", "x": [5.1, 3.5] }`. With a column (key) `split` of `train`, `validation`, `test`
 * in each line these are the splits; without, the classes are dealt to splits by `seed`.
 * @throws `episodes/data-not-found`, `episodes/damaged-file`, `episodes/bad-option`,
 * `episodes/splits-overlap`
 * @example const { train } = await vectorFile('flowers.csv', { label: 'species' })
 */
export async function vectorFile(path: string, options: VectorFileOptions = {}): Promise<Splits> {
  const { of: records, given } = await readLabelled(path, options)
  const names = namesOf(Object.values(records).flat()[0]!)
  const read = (name: SplitName) => records[name].map((record) => exampleOf(record, names))
  const raw = { train: read('train'), validation: read('validation'), test: read('test') }
  const examples = options.standardise === false ? raw : standardised(raw)
  return splitsOf(examples, { shape: [sizeOf(raw)], given }, (name) => specOf(name, path, options))
}

/** One split of {@link vectorFile}: what a spec calls. */
export async function vectorFileSplit({
  name,
  path,
  ...options
}: VectorFileOptions & { readonly name: SplitName; readonly path: string }): Promise<Dataset> {
  return (await vectorFile(path, options))[name]
}

type Examples = { readonly [name in SplitName]: readonly Example[] }

/** The columns that are numbers, or undefined for JSONL, where `x` holds them all. */
function namesOf({ values }: LabelledRecord): string[] | undefined {
  return Array.isArray(values.x) ? undefined : Object.keys(values)
}

function exampleOf({ where, label, values }: LabelledRecord, names?: string[]): Example {
  const raw = names ? names.map((name) => values[name]) : values.x
  if (!Array.isArray(raw) || raw.length === 0) {
    throw damaged(where, 'no numbers', "numbers in each column, or a key 'x' with a list of them")
  }
  return { label, x: Float32Array.from(raw, (value, i) => numberOf(value, i, where, names)) }
}

function numberOf(value: unknown, i: number, where: string, names?: readonly string[]): number {
  const text = typeof value === 'string' && value.trim() !== ''
  const number = typeof value === 'number' ? value : text ? Number(value) : Number.NaN
  if (Number.isFinite(number)) return number
  const at = names ? `'${names[i]}'` : `x[${i}]`
  throw damaged(where, `${at} is ${JSON.stringify(value) ?? 'missing'}`, 'a finite number')
}

function sizeOf(examples: Examples): number {
  const all = Object.values(examples).flat()
  const size = all[0]!.x.length
  const other = all.find(({ x }) => x.length !== size)
  if (!other) return size
  throw damaged(`class '${other.label}'`, `an example of ${other.x.length} numbers`, `${size}`)
}

/** By the training examples alone: what is tested on has no say. */
function standardised(examples: Examples): Examples {
  const size = sizeOf(examples)
  const { train } = examples
  if (train.length === 0) return examples
  const columns = Array.from({ length: size }, (_, k) => moments(train, k))
  const scale = ({ label, x }: Example) => ({
    label,
    x: Float32Array.from(columns, ([mean, deviation], k) =>
      deviation === 0 ? 0 : (x[k]! - mean) / deviation,
    ),
  })
  return {
    train: train.map(scale),
    validation: examples.validation.map(scale),
    test: examples.test.map(scale),
  }
}

function moments(examples: readonly Example[], k: number): readonly [number, number] {
  const n = examples.length
  const mean = examples.reduce((sum, { x }) => sum + x[k]!, 0) / n
  const squares = examples.reduce((sum, { x }) => sum + (x[k]! - mean) ** 2, 0)
  return [mean, Math.sqrt(squares / n)]
}

function specOf(name: SplitName, path: string, options: VectorFileOptions): Spec {
  return {
    package: '@kshot/episodes/node',
    export: 'vectorFileSplit',
    options: { ...(options as Spec['options']), name, path },
  }
}
