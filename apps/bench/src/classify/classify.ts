import { type ExampleId, KshotError, useBackend } from '@kshot/core'
import { backends } from '../backends/backends'
import { classifierFromCheckpoint, type Invert } from './by-checkpoint'
import { classifierFromEncoder } from './by-encoder'
import { badUse } from './errors'
import type { About, ItemClassifier, ItemPrediction } from './item-classifier'
import { type Asked, readQueries } from './queries'
import { type Item, readSupport, type Support } from './support'

export interface ClassifyJob {
  /** A folder with a folder of pictures for each class, or a table of texts or numbers. */
  readonly support: string
  /** A `meta.safetensors`, as `kshot run` writes it; without one nothing has been trained. */
  readonly checkpoint?: string | undefined
  /** As `kshot ls encoders` names it. */
  readonly encoder?: string | undefined
  readonly head?: string | undefined
  /** The column with the class. */
  readonly label?: string | undefined
  readonly unknown?: 'auto' | number | false
  /** Of a checkpoint: whether light and dark are exchanged. */
  readonly invert?: Invert
  readonly backend?: string | undefined
  readonly allowModule?: boolean
  readonly signal?: AbortSignal
  readonly onProgress?:
    | ((what: 'examples' | 'queries', done: number, total: number) => void)
    | undefined
}

export interface Classified extends About {
  /** How many examples each label was given. */
  readonly support: { readonly [label: string]: number }
  /** What was understood of the examples. */
  readonly notes: readonly string[]
  readonly predictions: readonly ({ readonly query: string } & ItemPrediction)[]
}

/** So many are encoded between two reports of progress. */
const BATCH = 16

/**
 * Labels pictures, texts or rows of numbers by a few examples a class; nothing is trained.
 * @throws `classify/undecodable` naming every picture that is none, `classify/no-pictures`,
 * `classify/not-pictures`, `classify/too-few-classes`, `usage/classify`, and what tables, encoders,
 * checkpoints and learners throw
 */
export async function classify(job: ClassifyJob, asked: Asked): Promise<Classified> {
  const support = await readSupport(job.support, job.label)
  const queries = await readQueries(support, asked)
  const { classifier } = await taught(job, support, queries)
  try {
    const predictions: Classified['predictions'][number][] = []
    for (let from = 0; from < queries.length; from += BATCH) {
      job.signal?.throwIfAborted()
      const batch = queries.slice(from, from + BATCH)
      const found = await classifier.predict(batch)
      predictions.push(...found.map((one, i) => ({ query: batch[i]!.name, ...one })))
      job.onProgress?.('queries', predictions.length, queries.length)
    }
    return { ...classifier.about, support: sizesOf(support), notes: support.notes, predictions }
  } finally {
    classifier.dispose()
  }
}

export function sizesOf({ classes }: Support): { readonly [label: string]: number } {
  return Object.fromEntries(classes.map(({ label, items }) => [label, items.length]))
}

/** A classifier that knows all examples, and which example is which. The caller disposes of it. */
export async function taught(
  job: ClassifyJob,
  support: Support,
  queries: readonly Item[] = [],
): Promise<{ classifier: ItemClassifier; items: ReadonlyMap<ExampleId, Item> }> {
  const classifier = await classifierFor(job, support)
  const items = new Map<ExampleId, Item>()
  const total = support.classes.reduce((sum, one) => sum + one.items.length, 0)
  try {
    await classifier.prepare?.([...support.classes.flatMap((one) => one.items), ...queries])
    for (const { label, items: own } of support.classes) {
      for (let from = 0; from < own.length; from += BATCH) {
        job.signal?.throwIfAborted()
        const batch = own.slice(from, from + BATCH)
        const ids = await classifier.add(label, batch)
        for (const [i, id] of ids.entries()) items.set(id, batch[i]!)
        job.onProgress?.('examples', items.size, total)
      }
    }
    return { classifier, items }
  } catch (error) {
    classifier.dispose()
    throw error
  }
}

async function classifierFor(job: ClassifyJob, support: Support): Promise<ItemClassifier> {
  const { checkpoint, encoder, head, unknown = 'auto', invert = 'auto', allowModule = false } = job
  const activate = (backend: string) => useBackend(backends[job.backend ?? backend]!(1))
  if (checkpoint === undefined) {
    await activate('wasm')
    return classifierFromEncoder({ support, encoder, head, unknown })
  }
  if (encoder !== undefined || head !== undefined) {
    throw badUse(
      `a checkpoint and ${encoder === undefined ? '--head' : '--encoder'}`,
      'one or the other: a checkpoint brings what decides',
      'Leave one of them out',
    )
  }
  if (support.kind !== 'pictures') throw notPictures(job.support, support.kind)
  return classifierFromCheckpoint({ checkpoint, invert, unknown, allowModule }, activate)
}

function notPictures(path: string, kind: string): KshotError {
  return new KshotError('classify/not-pictures', {
    got: `${kind} in ${path}, and a checkpoint`,
    expected: 'pictures: a folder with a folder a class',
    remedy: 'Leave the checkpoint out: texts and numbers need none',
  })
}
