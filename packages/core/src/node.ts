import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from './checkpoint'
import { checkedBytes } from './checkpoint/read-file'
import { writeFileAtomic } from './checkpoint/write-file'
import { type ByteStore, nothingThere } from './classifier/store'
import { isKshotError, KshotError } from './errors'

export { folderStore } from './embedding-folder'
export { layeredStore, packStore } from './embedding-packs'
export * from './workers'
export { writeFileAtomic }

/**
 * Writes a checkpoint atomically.
 * @throws `checkpoint/unwritable`, and what `encodeCheckpoint` throws
 * @example await writeCheckpointFile('run/last.safetensors', { trees: { params }, json })
 */
export async function writeCheckpointFile(path: string, checkpoint: Checkpoint): Promise<void> {
  await writeFileAtomic(path, await encodeCheckpoint(checkpoint))
}

/**
 * Reads a checkpoint. The caller owns the tensors.
 * @throws `checkpoint/not-found`, `checkpoint/unreadable`, and what `decodeCheckpoint` throws, with the path
 */
export async function readCheckpointFile(path: string): Promise<Checkpoint> {
  const bytes = await readCheckpointBytes(path)
  return withPath(path, () => decodeCheckpoint(bytes))
}

/**
 * Reads the bytes of a checkpoint, for `loadMeta` or `classifier.load`; its header and checksum are
 * checked before it is in memory.
 * @throws `checkpoint/not-found`, `checkpoint/unreadable`, `checkpoint/damaged`
 * @example const meta = loadMeta(await readCheckpointBytes('run/best.safetensors'), learner)
 */
export async function readCheckpointBytes(path: string): Promise<Uint8Array> {
  try {
    return await checkedBytes(path)
  } catch (error) {
    throw isKshotError(error) ? withPlace(path, error) : unreadable(path, error)
  }
}

/**
 * A file as a store, for `classifier.save` and `load`; written atomically.
 * @throws `store/nothing-there`, `checkpoint/unreadable`, `checkpoint/unwritable` from its methods
 * @example await classifier.save(file('tools.safetensors'))
 */
export function file(path: string): ByteStore {
  return {
    write: (bytes) => writeFileAtomic(path, bytes),
    read: () =>
      readCheckpointBytes(path).catch((error) => {
        if (isKshotError(error) && error.code === 'checkpoint/not-found') {
          throw nothingThere(path, error)
        }
        throw error
      }),
  }
}

function withPath<T>(path: string, f: () => T): T {
  try {
    return f()
  } catch (error) {
    throw isKshotError(error) ? withPlace(path, error) : error
  }
}

function withPlace(path: string, error: KshotError): KshotError {
  const { code, got, expected, remedy } = error
  return new KshotError(code, { got: `${path}: ${got}`, expected, remedy, cause: error })
}

function unreadable(path: string, cause: unknown): KshotError {
  const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT'
  return new KshotError(missing ? 'checkpoint/not-found' : 'checkpoint/unreadable', {
    got: `no ${missing ? 'file' : 'readable file'} at ${path} (${(cause as Error).message})`,
    expected: 'a checkpoint',
    remedy: missing ? 'Check the path' : 'Check the file and its permissions',
    cause,
  })
}
