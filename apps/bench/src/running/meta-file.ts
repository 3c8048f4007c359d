import {
  decodeSafetensors,
  type Json,
  KshotError,
  loadMeta,
  type Meta,
  type MetaLearner,
  type Spec,
} from '@kshot/core'
import { readCheckpointBytes, writeCheckpointFile } from '@kshot/core/node'
import type { Result } from '@kshot/results'
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
  await writeCheckpointFile(path, { trees: { params, state }, json: json as unknown as Json })
}

/**
 * What {@link writeMeta} has written. `load` gives the tensors, which are the caller's, to the
 * learner that saved them.
 * @throws `checkpoint/other-model`, and what reading a checkpoint throws
 */
export async function readMeta(path: string) {
  const bytes = await readCheckpointBytes(path)
  const notes = notesOf(bytes)
  if (notes.kind !== 'meta' || !notes.config) throw notOurs(path, notes.kind)
  return { ...notes, load: (learner: MetaLearner) => loadMeta(bytes, learner) }
}

/** The document alone: the tensors need a backend, and which one stands in the document. */
function notesOf(bytes: Uint8Array): SavedNotes & { readonly kind?: string } {
  const { kshot = '{}' } = decodeSafetensors(bytes).metadata
  try {
    return (JSON.parse(kshot) as { json?: SavedNotes }).json ?? ({} as SavedNotes)
  } catch {
    return {} as SavedNotes
  }
}

function notOurs(path: string, kind: unknown): KshotError {
  return new KshotError('checkpoint/other-model', {
    got: `${path}: a checkpoint of kind ${JSON.stringify(kind) ?? 'unknown'}, or without a configuration`,
    expected: 'the meta.safetensors of a run, which records what it was trained for',
    remedy: 'Pass the file that kshot run wrote',
  })
}
