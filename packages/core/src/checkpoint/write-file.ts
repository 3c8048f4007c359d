import { randomUUID } from 'node:crypto'
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { KshotError } from '../errors'

/**
 * Writes a file whole or not at all: a temporary file next to it, fsync, rename, fsync of the folder.
 * Whoever reads `path`, at any time and after any crash, sees the old contents or the new.
 * A process that is killed may leave its temporary file (`.tmp`) behind.
 * @throws `checkpoint/unwritable`; then `path` is as it was (or new, where only the folder's fsync
 * failed), and nothing is left next to it
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

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? ''
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
    got: `${path}, which can't be written (${(cause as Error).message})`,
    expected: 'a file in a folder that exists and may be written',
    remedy: REMEDIES[codeOf(cause)] ?? 'Write elsewhere',
    cause,
  })
}
