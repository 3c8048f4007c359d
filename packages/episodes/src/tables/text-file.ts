import type { Spec } from '@kshot/core'
import type { Dataset, Splits } from '../dataset'
import type { SplitName } from '../shares'
import { bagOfNgrams } from './bag-of-ngrams'
import {
  damaged,
  type Example,
  type LabelledFileOptions,
  type LabelledRecord,
  readLabelled,
  splitsOf,
} from './labelled-file'

export interface TextFileOptions extends LabelledFileOptions {
  /** The column, or key, that holds the text. Default `text`. */
  readonly text?: string
  /** Numbers an example; see `bagOfNgrams`. Default 1024. */
  readonly features?: number
}

/**
 * Labelled texts, each as a bag of hashed n-grams, `[features]` (`bagOfNgrams`). Embeddings of a
 * language model do better: compute them once, and read them with `vectorFile`.
 *
 * CSV, TSV or JSONL with `label`, `text` and, if wanted, `split`, as in `vectorFile`.
 * @throws `episodes/data-not-found`, `episodes/damaged-file`, `episodes/bad-option`,
 * `episodes/splits-overlap`
 * @example const { train } = await textFile('intents.jsonl', { features: 2048 })
 */
export async function textFile(path: string, options: TextFileOptions = {}): Promise<Splits> {
  const { text = 'text', features = 1024 } = options
  const { of: records, given } = await readLabelled(path, options)
  const read = (name: SplitName) => records[name].map((record) => bagged(record, text, features))
  const examples = { train: read('train'), validation: read('validation'), test: read('test') }
  return splitsOf(examples, { shape: [features], given }, (name) => specOf(name, path, options))
}

/** One split of {@link textFile}: what a spec calls. */
export async function textFileSplit({
  name,
  path,
  ...options
}: TextFileOptions & { readonly name: SplitName; readonly path: string }): Promise<Dataset> {
  return (await textFile(path, options))[name]
}

function bagged({ where, label, values }: LabelledRecord, key: string, features: number): Example {
  const text = values[key]
  if (typeof text === 'string') return { label, x: bagOfNgrams(text, features) }
  const got = text === undefined ? `no '${key}'` : `'${key}' is ${JSON.stringify(text)}`
  throw damaged(where, got, `a text under '${key}'`)
}

function specOf(name: SplitName, path: string, options: TextFileOptions): Spec {
  return {
    package: '@kshot/episodes/node',
    export: 'textFileSplit',
    options: { ...(options as Spec['options']), name, path },
  }
}
