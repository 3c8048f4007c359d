import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'

/** Without waiting for whoever writes into a FIFO. */
const FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0)

/**
 * Opens a regular file for reading; links are followed. A FIFO or a device would never end.
 * @throws an Error that says what is wrong with it
 */
export async function openRegularFile(
  path: string,
  mostBytes: number,
): Promise<{ readonly handle: FileHandle; readonly size: number }> {
  const handle = await open(path, FLAGS)
  try {
    const stat = await handle.stat()
    if (!stat.isFile()) throw new Error('no regular file')
    const { size } = stat
    if (size > mostBytes) throw new Error(`a file of ${size} bytes, more than ${mostBytes}`)
    return { handle, size }
  } catch (error) {
    await handle.close()
    throw error
  }
}

/** The bytes from a place on; fewer where the file ends before. */
export async function readAt(handle: FileHandle, from: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafeSlow(length)
  let done = 0
  while (done < length) {
    const { bytesRead } = await handle.read(bytes, done, length - done, from + done)
    if (bytesRead === 0) break
    done += bytesRead
  }
  return bytes.subarray(0, done)
}

/** @throws as {@link openRegularFile} */
export async function readRegularFile(path: string, mostBytes: number): Promise<Buffer> {
  const { handle, size } = await openRegularFile(path, mostBytes)
  try {
    return await readAt(handle, 0, size)
  } finally {
    await handle.close()
  }
}
