import { openSync, readSync } from 'node:fs'
import { open } from 'node:fs/promises'
import * as zlib from 'node:zlib'
import { KshotError, crc32 as ownCrc32 } from '@kshot/core'

// Node has had one since 20.15, which is ten times as fast.
const crc32: (bytes: Uint8Array) => number = zlib.crc32 ?? ownCrc32

/** Pictures of one size, one after the other in a file: their memory is the file's. */
export interface PixelFile {
  /** The bytes of a picture, checked. Throws `episodes/damaged-cache`. */
  read(slot: number, crc: number): Uint8Array
}

/**
 * Opens a file of pictures to be read.
 * @param frame bytes of one picture
 * @throws what opening throws
 */
export function openPixelFile(path: string, frame: number): PixelFile {
  const file = openSync(path, 'r')
  return {
    read(slot, crc) {
      const bytes = new Uint8Array(frame)
      const length = readSync(file, bytes, 0, frame, slot * frame)
      if (length === frame && crc32(bytes) === crc) return bytes
      throw new KshotError('episodes/damaged-cache', {
        got: `${path}: a decoded picture that differs from what was written`,
        expected: 'the pixels that were decoded before',
        remedy: 'Remove the file: it will be rebuilt from the pictures',
      })
    },
  }
}

/** A file of pictures that is being written, in any order. */
export interface PixelWriter {
  write(slot: number, bytes: Uint8Array): Promise<number>
  close(): Promise<void>
}

/** @throws what opening throws */
export async function writePixelFile(path: string, frame: number): Promise<PixelWriter> {
  const file = await open(path, 'wx')
  return {
    async write(slot, bytes) {
      await file.write(bytes, 0, frame, slot * frame)
      return crc32(bytes)
    },
    close: () => file.close(),
  }
}
