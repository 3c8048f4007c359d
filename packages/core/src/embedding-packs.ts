import { randomUUID } from 'node:crypto'
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from './crc32'
import type { EmbeddingStore } from './embedding-cache'
import { unwritable } from './embedding-folder'
import { openRegularFile, readAt, readRegularFile } from './regular-file'

const MAGIC = 'kshotem1'
const ENDING = '.embeddings'
/** The magic, the length of a row, the number of rows. */
const HEAD = 16
/** A key of SHA-256 in hexadecimal digits, and the CRC-32 of its row. */
const [KEY, ENTRY] = [32, 36]
const CHECKSUM = 4
/** So many are lost at most where a process is killed. */
const ROWS_A_PACK = 1024
/** A pack is read as a whole. */
const MOST_BYTES = 2 ** 28

/** Where an embedding lies. */
interface Place {
  readonly path: string
  readonly at: number
  readonly length: number
  readonly crc: number
}

/**
 * Keeps embeddings in a folder, many per file (a pack), for data sets of 100,000. Packs are written
 * atomically and never changed, so several processes may share the folder. Rows are checked
 * when read; damaged ones count as missing. `flush` writes what is left.
 * @param folder of one encoder alone
 * @throws `encoder/cache-unwritable` from `set` and `flush`
 * @example const encoder = cached(imageEncoder(), packStore('cache/image-encoder'))
 */
export function packStore(folder: string): EmbeddingStore {
  let index: Promise<Map<string, Place>> | undefined
  let waiting = new Map<string, Float32Array>()
  const packAt = packReader()

  async function flush(): Promise<void> {
    if (waiting.size === 0) return
    const rows = waiting
    waiting = new Map()
    const path = join(folder, `${randomUUID()}${ENDING}`)
    const bytes = packed(rows)
    await writeWhole(folder, path, bytes)
    const known = await index
    for (const [key, place] of entriesOf(path, bytes)) known?.set(key, place)
  }

  return {
    async get(key) {
      const unwritten = waiting.get(key)
      if (unwritten) return unwritten
      index ??= indexOf(folder)
      const place = (await index).get(key)
      if (!place) return undefined
      const bytes = await packAt(place.path)
      return bytes && rowIn(bytes, place)
    },
    async set(key, embedding) {
      const [first] = waiting.values()
      if (first && first.length !== embedding.length) await flush()
      waiting.set(key, embedding.slice())
      const full = (waiting.size + 1) * (embedding.byteLength + ENTRY) > MOST_BYTES / 2
      if (waiting.size >= ROWS_A_PACK || full) await flush()
    },
    flush,
  }
}

/** Reads packs. Neighbours lie in one: it is read once for all of them. */
function packReader(): (path: string) => Promise<Uint8Array | undefined> {
  let last: { readonly path: string; readonly bytes: Promise<Uint8Array | undefined> } | undefined
  return (path) => {
    if (last?.path !== path) {
      // A copy, whose slices are copies too.
      const bytes = readRegularFile(path, MOST_BYTES).then((read) => new Uint8Array(read))
      last = { path, bytes: bytes.catch(() => undefined) }
    }
    return last.bytes
  }
}

/** Asks one store after the other; each keeps what it did not have. */
export function layeredStore(stores: readonly EmbeddingStore[]): EmbeddingStore {
  return {
    async get(key) {
      for (const [i, store] of stores.entries()) {
        const found = await store.get(key)
        if (!found) continue
        await Promise.all(stores.slice(0, i).map((missing) => missing.set(key, found)))
        return found
      }
      return undefined
    },
    async set(key, embedding) {
      await Promise.all(stores.map((store) => store.set(key, embedding)))
    },
    async flush() {
      await Promise.all(stores.map((store) => store.flush?.()))
    },
  }
}

/** What all packs of a folder hold; the newest has the last word. */
async function indexOf(folder: string): Promise<Map<string, Place>> {
  const names = await readdir(folder).catch(() => [] as string[])
  const packs = await Promise.all(
    names
      .filter((name) => name.endsWith(ENDING))
      .map(async (name) => {
        const path = join(folder, name)
        const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: 0 }))
        return { path, mtimeMs }
      }),
  )
  packs.sort((a, b) => a.mtimeMs - b.mtimeMs)
  const index = new Map<string, Place>()
  for (const { path } of packs) {
    const head = await headOf(path).catch(() => undefined)
    for (const [key, place] of head ? entriesOf(path, head) : []) index.set(key, place)
  }
  return index
}

/** The beginning of a pack: all but its rows. */
async function headOf(path: string): Promise<Uint8Array | undefined> {
  const { handle, size } = await openRegularFile(path, MOST_BYTES)
  try {
    const start = await readAt(handle, 0, HEAD)
    const length = start.length < HEAD ? Number.POSITIVE_INFINITY : headLength(start)
    return length > size ? undefined : await readAt(handle, 0, length)
  } finally {
    await handle.close()
  }
}

function headLength(start: Uint8Array): number {
  return HEAD + viewOf(start).getUint32(12, true) * ENTRY + CHECKSUM
}

/** Where the rows lie whose keys stand in a head; nothing, where it is no whole head. */
function entriesOf(path: string, bytes: Uint8Array): [key: string, place: Place][] {
  const view = viewOf(bytes)
  const [length, rows] = [view.getUint32(8, true), view.getUint32(12, true)]
  const start = headLength(bytes)
  const magic = new TextDecoder('latin1').decode(bytes.subarray(0, MAGIC.length))
  const body = start - CHECKSUM
  if (magic !== MAGIC || crc32(bytes.subarray(0, body)) !== view.getUint32(body, true)) return []
  return Array.from({ length: rows }, (_, i) => {
    const at = HEAD + i * ENTRY
    const key = Buffer.from(bytes.buffer, bytes.byteOffset + at, KEY).toString('hex')
    const crc = view.getUint32(at + KEY, true)
    return [key, { path, at: start + i * length * 4, length, crc }]
  })
}

function rowIn(bytes: Uint8Array, { at, length, crc }: Place): Float32Array | undefined {
  const row = bytes.slice(at, at + length * 4)
  return row.length === length * 4 && crc32(row) === crc ? new Float32Array(row.buffer) : undefined
}

/** The bytes of a pack. */
function packed(rows: ReadonlyMap<string, Float32Array>): Uint8Array {
  const [first] = rows.values()
  const length = first!.length
  const start = HEAD + rows.size * ENTRY + CHECKSUM
  const bytes = new Uint8Array(start + rows.size * length * 4)
  const view = viewOf(bytes)
  bytes.set(new TextEncoder().encode(MAGIC))
  view.setUint32(8, length, true)
  view.setUint32(12, rows.size, true)
  let i = 0
  for (const [key, values] of rows) {
    const row = new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
    bytes.set(Buffer.from(key, 'hex'), HEAD + i * ENTRY)
    view.setUint32(HEAD + i * ENTRY + KEY, crc32(row), true)
    bytes.set(row, start + i * length * 4)
    i++
  }
  view.setUint32(start - CHECKSUM, crc32(bytes.subarray(0, start - CHECKSUM)), true)
  return bytes
}

async function writeWhole(folder: string, path: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${path}.tmp`
  try {
    await mkdir(folder, { recursive: true })
    await writeFile(temporary, bytes)
    await rename(temporary, path)
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => {})
    throw unwritable(folder, cause as Error)
  }
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength)
}
