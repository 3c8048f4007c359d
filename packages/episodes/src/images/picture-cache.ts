import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readdir, realpath, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readRegularFile } from '../files/regular-file'
import { userCache } from '../files/user-cache'
import type { ImageFormat } from './decode-image'
import type { ImageHeader } from './picture'

/** A picture that was decoded before. */
export interface CachedPicture {
  readonly file: string
  /** Of the file as it was: its size, times and place on the disk. */
  readonly signature: string
  /** SHA-256 of the encoded picture. */
  readonly content: string
  readonly header: ImageHeader
  /** Of a picture with 16 bits per channel: its largest value, and the bits that it was decoded for. */
  readonly most?: number
  readonly bits?: number
  readonly slot: number
  readonly crc: number
}

/** The decoded pictures of one folder in one format. */
export interface CacheIndex {
  readonly version: typeof VERSION
  /** The file beside the index that holds them. */
  readonly pixels: string
  readonly pictures: readonly CachedPicture[]
}

/** Another one whenever the same picture would be decoded to other bytes. */
const VERSION = 'kshot pictures 1'
/** Of all folders together; the ones that were not used for the longest time go first. */
const MOST_BYTES = 4 * 2 ** 30
const MOST_INDEX_BYTES = 2 ** 28

/** Where decoded pictures are kept, unless the environment says `KSHOT_CACHE=off`. */
export function defaultCache(): string | undefined {
  return userCache('pictures')
}

/** The folder of the cache for a folder of pictures. */
export async function cacheFolder(cache: string, dir: string): Promise<string> {
  return join(cache, digest(await realpath(dir)))
}

/** The name of a format's index. `bits` are detected again, from all pictures. */
export function indexName({ bits: _, ...format }: ImageFormat): string {
  return `${digest(JSON.stringify(Object.entries(format).sort()))}.json`
}

/**
 * What tells that a file is the one it was: who replaces it can't set the time of its change.
 * @returns undefined for a file that changed so lately that it may change again within the clock's tick
 */
export async function signatureOf(file: string): Promise<string | undefined> {
  const { size, mtimeNs, ctimeNs, ino, dev } = await stat(file, { bigint: true })
  if (BigInt(Date.now()) * 1_000_000n - ctimeNs < 2_000_000_000n) return undefined
  return [size, mtimeNs, ctimeNs, ino, dev].join(' ')
}

/** What was decoded before; undefined where nothing was, or it is of another version. */
export async function readIndex(path: string): Promise<CacheIndex | undefined> {
  try {
    const index = JSON.parse((await readRegularFile(path, MOST_INDEX_BYTES)).toString())
    if (index.version !== VERSION || !Array.isArray(index.pictures)) return undefined
    const now = new Date()
    await utimes(path, now, now)
    return index as CacheIndex
  } catch {
    // A cache that can't be read is none.
    return undefined
  }
}

/** All that is known of a folder's pictures in any format, by file. */
export async function knownPictures(folder: string): Promise<Map<string, CachedPicture>> {
  const names = await readdir(folder).catch(() => [])
  const indices = await Promise.all(
    names.filter((name) => name.endsWith('.json')).map((name) => readIndex(join(folder, name))),
  )
  const pictures = indices.flatMap((index) => index?.pictures ?? [])
  return new Map(pictures.map((picture) => [picture.file, picture]))
}

/** A name that no other process writes to. */
export function newPixelsName(): string {
  return `${randomUUID()}.bin`
}

/** Writes an index, whole or not at all, and takes away the pixels of the one before. */
export async function writeIndex(
  path: string,
  index: Omit<CacheIndex, 'version'>,
  before: CacheIndex | undefined,
): Promise<void> {
  const part = `${path}.${randomUUID()}.part`
  await writeFile(part, JSON.stringify({ version: VERSION, ...index }))
  await rename(part, path)
  if (before) await rm(join(path, '..', before.pixels), { force: true })
}

/** Keeps the cache below its bound. */
export async function evict(cache: string, keep: string, most = MOST_BYTES): Promise<void> {
  const folders = await Promise.all(
    (await readdir(cache)).map(async (name) => {
      const path = join(cache, name)
      const files = await readdir(path)
      const stats = await Promise.all(files.map((file) => stat(join(path, file))))
      return {
        path,
        bytes: stats.reduce((sum, { size }) => sum + size, 0),
        used: stats.reduce((latest, { mtimeMs }) => Math.max(latest, mtimeMs), 0),
      }
    }),
  )
  let total = folders.reduce((sum, { bytes }) => sum + bytes, 0)
  for (const { path, bytes } of folders.sort((a, b) => a.used - b.used)) {
    if (total <= most) return
    if (path === keep) continue
    await rm(path, { recursive: true, force: true })
    total -= bytes
  }
}

export async function makeFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true })
}

export function contentOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32)
}
