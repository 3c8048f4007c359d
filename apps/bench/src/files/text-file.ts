import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import { KshotError } from '@kshot/core'
import { parseJson } from '@kshot/results'

const MIB = 2 ** 20

/** What a file may hold; what is larger is refused before it is read. */
export const MOST_BYTES = { config: 4 * MIB, result: 64 * MIB, log: 256 * MIB } as const

/**
 * The text of a regular file: a pipe or a device would never end.
 * @throws an Error that says what is wrong with it
 */
export function readText(path: string, mostBytes: number): string {
  // A pipe that nobody writes to would stop the process while it is opened.
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    const stat = fstatSync(file)
    if (!stat.isFile()) throw new Error('not a regular file')
    if (stat.size > mostBytes) {
      const [has, most] = [stat.size, mostBytes].map((n) => `${(n / MIB).toFixed(1)} MiB`)
      throw new Error(`it has ${has}; the limit is ${most}`)
    }
    return decoded(bytesOf(file, stat.size))
  } finally {
    closeSync(file)
  }
}

function bytesOf(file: number, size: number): Uint8Array {
  const bytes = new Uint8Array(size)
  let read = 0
  while (read < size) {
    const more = readSync(file, bytes, read, size - read, read)
    if (more === 0) break
    read += more
  }
  return bytes.subarray(0, read)
}

function decoded(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new Error('it is not UTF-8')
  }
}

/**
 * A JSON file that kshot has written.
 * @throws `run/damaged`
 */
export function readJson(path: string, mostBytes: number = MOST_BYTES.result): unknown {
  try {
    return parseJson(readText(path, mostBytes))
  } catch (cause) {
    throw new KshotError('run/damaged', {
      got: `${path}: ${(cause as Error).message}`,
      expected: 'a file as written by kshot',
      remedy: 'Restore it from a copy, or start again in another folder (--out)',
      cause,
    })
  }
}
