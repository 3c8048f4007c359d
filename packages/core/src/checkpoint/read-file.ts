import type { FileHandle } from 'node:fs/promises'
import { crc32 as zlibCrc32 } from 'node:zlib'
import { openRegularFile, readAt } from '../regular-file'
import { damaged } from './damaged'
import { headerLength, PREFIX } from './safetensors'
import { sealOf } from './seal'

/** More is no checkpoint of a net that runs here. */
const MOST_BYTES = 2 ** 29
const CHUNK = 2 ** 22

/**
 * The bytes of a checkpoint. Header and checksum are checked piece by piece, so that a file which is none
 * fills no memory.
 * @throws `checkpoint/damaged`, and what opening a file throws
 */
export async function checkedBytes(path: string): Promise<Buffer> {
  const { handle, size } = await openRegularFile(path, MOST_BYTES)
  try {
    await checkSum(handle, size)
    return await readAt(handle, 0, size)
  } finally {
    await handle.close()
  }
}

async function checkSum(handle: FileHandle, size: number): Promise<void> {
  const length = headerLength(await readAt(handle, 0, PREFIX), size)
  const head = await readAt(handle, 0, PREFIX + length)
  const { written, parts } = sealOf(head)
  let sum = parts.reduce((before, part) => zlibCrc32(part, before), 0)
  for (let at = head.length; at < size; at += CHUNK) {
    sum = zlibCrc32(await readAt(handle, at, Math.min(CHUNK, size - at)), sum)
  }
  const found = sum.toString(16).padStart(8, '0')
  if (found !== written) throw damaged(`bytes with the CRC-32 ${found}`, `${written}, as written`)
}
