import type { Spec } from '@kshot/core'
import { checkOptions } from '@kshot/core/options'
import type { Dataset, Splits } from '../dataset'
import type { SplitName } from '../shares'
import { counted, shortList } from '../understood'
import { bagOfNgrams } from './bag-of-ngrams'
import { MOST_CHARACTERS, TOO_LONG } from './csv'
import { damaged, shown } from './damaged'
import { type LabelledFileOptions, readLabelled, splitsOf } from './labelled-file'
import { textFileOptions } from './options'
import { column, type Table } from './table'

export interface TextFileOptions extends LabelledFileOptions {
  /** The column, or key, with the text. Default `text`. */
  readonly text?: string
  /** Numbers per example; see `bagOfNgrams`. Default 1024. */
  readonly features?: number
}

/**
 * Labelled texts, each as a bag of hashed n-grams, `[features]` (`bagOfNgrams`). Embeddings from a
 * language model do better: compute them once, and read them with `vectorFile`.
 *
 * CSV, TSV, JSON Lines or a JSON list with `label`, `text` and, if wanted, `split`, as in `vectorFile`.
 * @throws as `vectorFile`
 * @example const { train } = await textFile('intents.jsonl', { features: 2048 })
 */
export async function textFile(path: string, options: TextFileOptions = {}): Promise<Splits> {
  checkOptions('episodes/bad-option', 'textFile', textFileOptions, options)
  const { text = 'text', features = 1024 } = options
  const labelled = await readLabelled(path, options, true)
  const texts = textsIn(labelled.table, text)
  const empty = texts.filter((one) => one.trim() === '').length
  const share = `${((100 * empty) / texts.length).toPrecision(2)} %`
  const notes = [
    `texts as ${features} hashed words and runs of letters`,
    ...(empty > 0
      ? [`${counted(empty, 'text')} of ${texts.length} (${share}) are empty: all zeros`]
      : []),
  ]
  return splitsOf(
    labelled,
    { shape: [features], notes },
    (row) => bagOfNgrams(texts[row]!, features),
    (name) => specOf(name, path, options),
    (row) => texts[row]!,
  )
}

/** One split of {@link textFile}: what a spec calls. */
export async function textFileSplit({
  name,
  path,
  ...options
}: TextFileOptions & { readonly name: SplitName; readonly path: string }): Promise<Dataset> {
  return (await textFile(path, options))[name]
}

/**
 * The texts of a column.
 * @throws `episodes/damaged-file` naming the row
 */
export function textsIn(table: Table, key: string): string[] {
  const alike = table.names.filter((name) => name.toLowerCase() === key.toLowerCase())
  const found = table.names.includes(key) ? key : alike.length === 1 ? alike[0]! : key
  const values = column(table, found)
  return table.rows.map(({ where }, i) => {
    const value = values?.[i]
    if (typeof value === 'string' && value.length <= MOST_CHARACTERS) return value
    if (typeof value === 'string') throw damaged(where, TOO_LONG, 'shorter texts', 'Split it')
    const got =
      value === undefined
        ? `no '${key}' among ${shortList(table.names, 20)}`
        : `'${key}' is ${shown(value)}`
    throw damaged(where, got, `a text under '${key}'`, "Name it with the option 'text'")
  })
}

function specOf(name: SplitName, path: string, options: TextFileOptions): Spec {
  return {
    package: '@kshot/episodes/node',
    export: 'textFileSplit',
    options: { ...options, name, path },
  }
}
