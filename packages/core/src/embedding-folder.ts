import { randomUUID } from 'node:crypto'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { crc32 } from './crc32'
import type { EmbeddingStore } from './embedding-cache'
import { KshotError } from './errors'
import { readRegularFile } from './regular-file'

const CHECKSUM = 4
/** No embedding is as large. */
const MOST_BYTES = 2 ** 22

/**
 * Keeps embeddings in a folder, one file each, for this and later processes; several may share it. What
 * is damaged there counts as missing. Delete the folder to clear the cache.
 * @throws `encoder/cache-unwritable`
 * @example const encoder = cached(imageEncoder(), folderStore('cache/embeddings'))
 */
export function folderStore(folder: string): EmbeddingStore {
  const pathOf = (key: string) => join(folder, key.slice(0, 2), `${key.slice(2)}.f32`)
  return {
    async get(key) {
      const bytes = await readRegularFile(pathOf(key), MOST_BYTES).catch(() => undefined)
      // A copy, which begins at a multiple of 4.
      return bytes && unsealed(key, new Uint8Array(bytes))
    },
    async set(key, embedding) {
      const path = pathOf(key)
      const temporary = `${path}.${randomUUID()}.tmp`
      try {
        await mkdir(dirname(path), { recursive: true })
        await writeFile(temporary, sealed(key, embedding))
        await rename(temporary, path)
      } catch (cause) {
        await rm(temporary, { force: true }).catch(() => {})
        throw unwritable(folder, cause as Error)
      }
    },
  }
}

/** The numbers, and after them the CRC-32 of the key and them: under another key, they count as damaged. */
function sealed(key: string, { buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  const bytes = new Uint8Array(byteLength + CHECKSUM)
  bytes.set(new Uint8Array(buffer, byteOffset, byteLength))
  new DataView(bytes.buffer).setUint32(byteLength, checksum(key, bytes), true)
  return bytes
}

function unsealed(key: string, bytes: Uint8Array<ArrayBuffer>): Float32Array | undefined {
  const length = bytes.length - CHECKSUM
  if (length < 0 || length % 4 !== 0) return undefined
  const sum = new DataView(bytes.buffer).getUint32(length, true)
  return checksum(key, bytes) === sum ? new Float32Array(bytes.buffer, 0, length / 4) : undefined
}

function checksum(key: string, bytes: Uint8Array): number {
  return crc32(bytes.subarray(0, bytes.length - CHECKSUM), crc32(Buffer.from(key)))
}

/** @internal */
export function unwritable(folder: string, cause: Error): KshotError {
  return new KshotError('encoder/cache-unwritable', {
    got: `an embedding that cannot be stored in ${folder}: ${cause.message}`,
    expected: 'a writable folder with free disk space',
    remedy: 'Pass another folder, or leave the cache out',
    cause,
  })
}
