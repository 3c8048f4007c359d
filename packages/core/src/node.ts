import { randomUUID } from 'node:crypto'
import { type FileHandle, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from './checkpoint'
import { isKshotError, KshotError } from './errors'

/**
 * Writes a file whole or not at all: a temporary file beside it, fsync, rename, fsync of the folder.
 * Whoever reads `path`, at any time and after any crash, sees the old contents or the new.
 * @throws `checkpoint/unwritable`; then `path` is as it was, and nothing is left beside it
 */
export async function writeFileAtomic(path: string, contents: Uint8Array | string): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`
  try {
    await writeAndSync(temporary, contents)
    await rename(temporary, path)
    await syncFolder(dirname(path))
  } catch (error) {
    // It may not be there, and the first error is the one to tell of.
    await rm(temporary, { force: true }).catch(() => {})
    throw unwritable(path, error)
  }
}

async function writeAndSync(path: string, contents: Uint8Array | string): Promise<void> {
  await closing(await open(path, 'wx'), async (file) => {
    await file.writeFile(contents)
    await file.sync()
  })
}

// The rename itself is durable only once its folder is.
async function syncFolder(path: string): Promise<void> {
  try {
    await closing(await open(path, 'r'), (folder) => folder.sync())
  } catch (error) {
    // Windows and some network file systems can't sync a folder; the file is whole all the same.
    if (!['EISDIR', 'EPERM', 'EACCES', 'EINVAL', 'ENOTSUP'].includes(codeOf(error))) throw error
  }
}

async function closing(file: FileHandle, f: (file: FileHandle) => Promise<void>): Promise<void> {
  try {
    await f(file)
  } finally {
    await file.close()
  }
}

/**
 * Writes a checkpoint whole or not at all.
 * @throws `checkpoint/unwritable`, and what `encodeCheckpoint` throws
 * @example await writeCheckpointFile('run/last.safetensors', { trees: { params }, json })
 */
export async function writeCheckpointFile(path: string, checkpoint: Checkpoint): Promise<void> {
  await writeFileAtomic(path, await encodeCheckpoint(checkpoint))
}

/**
 * Reads a checkpoint. The tensors are the caller's.
 * @throws `checkpoint/not-found`, `checkpoint/unreadable`, and what `decodeCheckpoint` throws, with the path
 */
export async function readCheckpointFile(path: string): Promise<Checkpoint> {
  const bytes = await readCheckpointBytes(path)
  return withPath(path, () => decodeCheckpoint(bytes))
}

/**
 * Reads the bytes of a checkpoint, for `loadMeta` or `classifier.load`.
 * @throws `checkpoint/not-found`, `checkpoint/unreadable`
 * @example const meta = loadMeta(await readCheckpointBytes('run/best.safetensors'), learner)
 */
export async function readCheckpointBytes(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path)
  } catch (error) {
    throw unreadable(path, error)
  }
}

function withPath<T>(path: string, f: () => T): T {
  try {
    return f()
  } catch (error) {
    if (!isKshotError(error)) throw error
    const { code, got, expected, remedy } = error
    throw new KshotError(code, { got: `${path}: ${got}`, expected, remedy, cause: error })
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? ''
}

function unreadable(path: string, cause: unknown): KshotError {
  const missing = codeOf(cause) === 'ENOENT'
  return new KshotError(missing ? 'checkpoint/not-found' : 'checkpoint/unreadable', {
    got: `no ${missing ? 'file' : 'readable file'} at ${path} (${(cause as Error).message})`,
    expected: 'a checkpoint',
    remedy: missing ? 'Check the path' : 'Check what is there, and the permissions',
    cause,
  })
}

const REMEDIES: Record<string, string> = {
  ENOENT: 'Create the folder, or write elsewhere',
  ENOTDIR: 'A file stands where the folder should be: remove it, or write elsewhere',
  EISDIR: 'A folder stands where the file should be: remove it, or write elsewhere',
  EACCES: 'Ask for permission to write there, or write elsewhere',
  EROFS: 'The file system is read-only: write elsewhere',
  ENOSPC: 'The disk is full: make room, or write elsewhere',
}

function unwritable(path: string, cause: unknown): KshotError {
  return new KshotError('checkpoint/unwritable', {
    got: `a place that can't be written, ${path} (${(cause as Error).message})`,
    expected: 'a file in a folder that exists and may be written',
    remedy: REMEDIES[codeOf(cause)] ?? 'Write elsewhere',
    cause,
  })
}
