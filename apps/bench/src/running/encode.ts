import type { Data } from '../data/data'
import { claim } from '../files/lock'
import { breathe, interrupted } from '../process/interrupt'
import type { RunEvents } from './run-events'
import { makeFolder } from './run-folder'

export interface EncodingJob {
  /** Where embeddings are kept beside the user's cache; runs may share it. */
  readonly folder: string | undefined
  readonly signal: AbortSignal
  readonly on: Pick<RunEvents, 'encode'>
  /** How to go on when a signal has come: what was encoded is kept. */
  readonly goOn: string
}

/** Another run may be at it for a night: then there is nothing left to encode. */
const PATIENCE_MS = 24 * 3_600_000

/**
 * The tasks of a learner on an encoder with the embeddings of their examples; of others, as they are.
 * @throws `run/interrupted`, and what encoding throws
 */
export async function encodedData(data: Data, job: EncodingJob): Promise<Data> {
  if (!data.encoded) return data
  const { folder, signal, on, goOn } = job
  const release = folder === undefined ? undefined : await claimed(folder, signal)
  try {
    return await data.encoded({
      folder,
      async onProgress(done, total) {
        await breathe()
        if (signal.aborted) throw interrupted('a signal; what was encoded is kept', goOn)
        on.encode?.(done, total)
      },
    })
  } finally {
    await release?.()
  }
}

async function claimed(folder: string, signal: AbortSignal) {
  await makeFolder(folder)
  return claim(`${folder}/lock`, { patienceMs: PATIENCE_MS, signal })
}
