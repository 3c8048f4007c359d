import { constants } from 'node:fs'
import { type FileHandle, open, stat } from 'node:fs/promises'
import { KshotError } from '@kshot/core'
import { bytesName } from './bytes-name'
import { kindOf } from './listing'

/**
 * The bytes of a regular file; links are followed. Anything else (a FIFO, a device, a folder) is
 * refused before it is opened, and a file that is too large before it is read: nothing waits for a
 * writer, nothing fills the memory.
 * @param most bytes
 * @param part from the beginning only, in bytes
 * @throws `episodes/data-not-found`, `episodes/unreadable-file`, `episodes/file-too-large`
 */
export async function readRegularFile(path: string, most: number, part = most): Promise<Buffer> {
  const handle = await openRegularFile(path)
  try {
    const { size } = await handle.stat()
    if (size > most) throw tooLarge(path, size, most)
    return await readWhole(handle, Math.min(size, part))
  } catch (cause) {
    throw cause instanceof KshotError ? cause : unreadable(path, (cause as Error).message, cause)
  } finally {
    await handle.close()
  }
}

/** Without waiting: what became a FIFO since it was looked at is opened at once, and refused. */
const FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0)

async function openRegularFile(path: string): Promise<FileHandle> {
  const found = await stat(path).catch((cause) => {
    throw notThere(path, cause)
  })
  if (!found.isFile()) throw unreadable(path, kindOf(found))
  const handle = await open(path, FLAGS).catch((cause) => {
    throw notThere(path, cause)
  })
  const opened = await handle.stat()
  if (opened.isFile()) return handle
  await handle.close()
  throw unreadable(path, kindOf(opened))
}

async function readWhole(handle: FileHandle, size: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(size)
  let length = 0
  while (length < size) {
    const { bytesRead } = await handle.read(bytes, length, size - length, length)
    if (bytesRead === 0) break
    length += bytesRead
  }
  return bytes.subarray(0, length)
}

function notThere(path: string, cause: unknown): KshotError {
  const { code, message } = cause as NodeJS.ErrnoException
  if (code === 'EMFILE' || code === 'ENFILE') {
    return unreadable(path, 'too many files are open', cause, 'Raise the limit: ulimit -n 1024')
  }
  if (code === 'ELOOP') return unreadable(path, 'a link that leads to itself', cause)
  if (code !== 'ENOENT' && code !== 'ENOTDIR') return unreadable(path, message, cause)
  return new KshotError('episodes/data-not-found', {
    got: `${path}: no such file`,
    expected: 'an existing file, or a link to one',
    remedy: 'Check the path',
    cause,
  })
}

export function unreadable(
  path: string,
  what: string,
  cause?: unknown,
  remedy = 'Check the path, or remove it',
): KshotError {
  return new KshotError('episodes/unreadable-file', {
    got: `${path}: ${what}`,
    expected: 'a regular file',
    remedy,
    cause,
  })
}

function tooLarge(path: string, size: number, most: number): KshotError {
  return new KshotError('episodes/file-too-large', {
    got: `${path}: ${bytesName(size)}`,
    expected: `at most ${bytesName(most)}`,
    remedy: 'Split it, or make it smaller',
  })
}
