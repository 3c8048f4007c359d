import { type ByteSource, readPackageFile } from '@kshot/core'
import { anything, checkOptions, options as optionsOf } from '@kshot/core/options'
import { bagOfNgrams } from '@kshot/episodes'
import { type Contents, unpack } from './contents'
import { intentsOptions } from './options'

/** Which domains a data set has. */
export type IntentSplitName = 'train' | 'validation' | 'test' | 'all'

/** Related domains lie in one split: money and work in test, cars and travel in validation. */
const DOMAINS: { readonly [name in Exclude<IntentSplitName, 'all'>]: readonly string[] } = {
  train: ['kitchen_and_dining', 'home', 'utility', 'small_talk', 'meta'],
  validation: ['auto_and_commute', 'travel'],
  test: ['banking', 'credit_cards', 'work'],
}

/** Sentences of some domains: a data set of classes with examples, to be read one at a time. */
export interface IntentSplit {
  /** How to rebuild the same data set. */
  readonly spec: {
    readonly package: '@kshot/intents'
    readonly export: 'intentSplit'
    readonly options: { readonly split: IntentSplitName; readonly features: number }
  }
  /** Shape of one example, `[features]`. */
  readonly shape: readonly [number]
  /** A class is an intent (`banking/pin_change`), its group the domain; each has 150 sentences. */
  readonly classes: readonly {
    readonly id: string
    readonly group: string
    readonly size: number
  }[]
  /** Writes one example into `target` from `offset` on: its bag of hashed n-grams (`bagOfNgrams`). */
  read(classIndex: number, example: number, target: Float32Array, offset: number): void
  /** The sentence itself, for an encoder: 0 … 99 are CLINC150's train, 100 … 119 val, 120 … 149 test. */
  text(classIndex: number, example: number): string
  /** The same, as `encodedDataset` asks for it. */
  source(classIndex: number, example: number): string
}

/** CLINC150: split by domain, complete, and out of scope. */
export interface Intents {
  /** 75 intents of five domains. */
  readonly train: IntentSplit
  /** 30 intents of two domains. */
  readonly validation: IntentSplit
  /** 45 intents of three domains. */
  readonly test: IntentSplit
  /** All 150 intents, for learners with nothing to learn. */
  readonly all: IntentSplit
  /** Requests that belong to none of the 150 intents: 100, 100 and 1,000. */
  readonly outOfScope: Contents['outOfScope']
}

const schema = optionsOf({ ...intentsOptions.properties, source: anything })

export interface IntentsOptions {
  /** Numbers per example, if sentences are read as numbers. Default 1024. */
  readonly features?: number
  /** `all`: all 150 intents are in `test`, none to train or validate on. Default `domains`. */
  readonly split?: 'domains' | 'all'
  /** Where `intents.bin` lies, or its bytes. Default: the copy inside this package. */
  readonly source?: ByteSource | undefined
}

/**
 * Loads the sentences: `train`, `validation` and `test` share no domain.
 *
 * Throws a `KshotError`: `intents/bad-option`, `intents/unreadable` if the file cannot be read, `intents/damaged` if its bytes
 * differ from those that were packed.
 *
 * @example
 * const { test, outOfScope } = await intents()
 * test.text(0, 3) // the fourth sentence of the first intent
 */
export async function intents(options: IntentsOptions = {}): Promise<Intents> {
  checkOptions('intents/bad-option', 'intents', schema, options)
  const { features = 1024, split: how = 'domains', source } = options
  const url = new URL('../data/intents.bin', import.meta.url)
  const own = { package: '@kshot/intents', file: 'intents.bin', url }
  const contents = await unpack(await readPackageFile(own, { source }))
  const all = split(contents, 'all', features)
  const { outOfScope } = contents
  if (how === 'all') {
    const none = { ...all, classes: [] }
    return { train: none, validation: none, test: all, all, outOfScope }
  }
  return {
    train: split(contents, 'train', features),
    validation: split(contents, 'validation', features),
    test: split(contents, 'test', features),
    all,
    outOfScope,
  }
}

/** One split of {@link intents} by its name: what a spec calls. */
export async function intentSplit({
  split: name,
  features,
}: {
  readonly split: IntentSplitName
  readonly features?: number
}): Promise<IntentSplit> {
  return (await intents(features === undefined ? {} : { features }))[name]
}

function split({ domains }: Contents, name: IntentSplitName, features: number): IntentSplit {
  const kept = domains.filter((domain) => name === 'all' || DOMAINS[name].includes(domain.name))
  const classes = kept.flatMap((domain) =>
    domain.intents.map((intent) => ({ ...intent, domain: domain.name })),
  )
  const text = (classIndex: number, example: number) => {
    const sentence = classes[classIndex]?.sentences[example]
    if (sentence !== undefined) return sentence
    throw new RangeError(
      `${name} has no example ${example} of class ${classIndex}: it has ${classes.length} classes`,
    )
  }
  return {
    spec: {
      package: '@kshot/intents',
      export: 'intentSplit',
      options: { split: name, features },
    },
    shape: [features],
    classes: classes.map(({ name: intent, domain, sentences }) => ({
      id: `${domain}/${intent}`,
      group: domain,
      size: sentences.length,
    })),
    read(classIndex, example, target, offset) {
      target.set(bagOfNgrams(text(classIndex, example), features), offset)
    },
    text,
    source: text,
  }
}
