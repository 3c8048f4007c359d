import { createHash } from 'node:crypto'
import {
  documentIn,
  KshotError,
  loadMeta,
  type Meta,
  type MetaLearner,
  type Spec,
} from '@kshot/core'
import { readCheckpointBytes, writeCheckpointFile } from '@kshot/core/node'
import type { Result } from '@kshot/results'
import { z } from 'zod'
import type { Config } from '../configuration/schema'
import { asTrained } from './training-file'

/** What stands beside the meta-parameters: how they came about. No times: same seed, same bytes. */
export interface MetaNotes {
  readonly config: Config
  readonly train: Omit<Result['train'], 'seconds'>
  readonly best: Result['best']
}

/** What is read back: the learner's spec has every option, those that the configuration left out too. */
export interface SavedNotes extends MetaNotes {
  readonly learner: Spec
}

/** The meta-parameters alone, for apps (`loadMeta`) and `kshot eval`. */
export async function writeMeta(
  path: string,
  learner: MetaLearner,
  { params, state }: Meta,
  { config, train, best }: MetaNotes,
): Promise<void> {
  const json = {
    kind: 'meta',
    learner: learner.spec,
    config: asTrained(config),
    train,
    best,
  }
  await writeCheckpointFile(path, { trees: { params, state }, json })
}

/**
 * What {@link writeMeta} has written. `load` gives the tensors, which are the caller's, to the
 * learner that saved them.
 * @throws `checkpoint/other-model`, and what reading a checkpoint throws
 */
export async function readMeta(path: string) {
  const bytes = await readCheckpointBytes(path)
  const notes = notesOf(bytes, path)
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  return { ...notes, sha256, load: (learner: MetaLearner) => loadMeta(bytes, learner) }
}

const count = z.int().min(0)
const documentSchema = z.looseObject({
  learner: z.looseObject({ package: z.string(), export: z.string() }),
  config: z.looseObject({ learner: z.looseObject({}), train: z.looseObject({}) }),
  train: z.looseObject({
    steps: count,
    episodes: count,
    images: count,
    begunWith: z.exactOptional(z.looseObject({ images: count, split: z.string() })),
  }),
  best: z.object({ step: count, score: z.number() }).nullable(),
})

/** The document alone: the tensors need a backend, and which one stands in the document. */
function notesOf(bytes: Uint8Array, path: string): SavedNotes {
  const json = documentIn(bytes)
  const { kind } = (json ?? {}) as { kind?: unknown }
  if (kind !== 'meta')
    throw notOurs(path, `a checkpoint of kind ${JSON.stringify(kind) ?? 'unknown'}`)
  const { error } = documentSchema.safeParse(json)
  const issue = error?.issues[0]
  if (issue) throw notOurs(path, `'${issue.path.join('.')}' of its document: ${issue.message}`)
  return json as unknown as SavedNotes // the schema has checked what of it is read
}

function notOurs(path: string, what: string): KshotError {
  return new KshotError('checkpoint/other-model', {
    got: `${path}: ${what}`,
    expected: 'the meta.safetensors of a run, which records what it was trained for',
    remedy: 'Pass the file that kshot run wrote',
  })
}
