import { rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { ImageFormat } from './decode-image'
import type { ImageHeader } from './picture'
import {
  type CachedPicture,
  type CacheIndex,
  cacheFolder,
  contentOf,
  evict,
  indexName,
  makeFolder,
  newPixelsName,
  readIndex,
  signatureOf,
  writeIndex,
} from './picture-cache'
import type { Pixels } from './picture-dataset'
import { openPixelFile, type PixelFile, writePixelFile } from './pixel-file'
import { severalAtOnce } from './several-at-once'

/** What is remembered of a picture beside its pixels. */
export interface Facts {
  readonly header: ImageHeader
  readonly most?: number
  readonly bits?: number
}

/** Where decoded pictures are put, by the number of their file. */
export interface PictureStore {
  /** The picture as it was decoded before, if its file is the same. */
  known(i: number): CachedPicture | undefined
  /** A picture of the same content that was decoded before: its file was moved, or copied. */
  sameContent(i: number, bytes: Uint8Array): CachedPicture | undefined
  /** Notes the content of a file, and gives it back. */
  remember(i: number, bytes: Buffer): Buffer
  reuse(i: number, picture: CachedPicture): void
  put(i: number, pixels: Uint8Array, facts: Facts): Promise<void>
  /** The pixels of all files; undefined where none were put. */
  done(files: number): Promise<(Pixels | undefined)[]>
}

/** In memory, for as long as the data set lives. */
export function memoryStore(): PictureStore {
  const pixels: (Uint8Array | undefined)[] = []
  return {
    known: () => undefined,
    sameContent: () => undefined,
    remember: (_, bytes) => bytes,
    reuse() {},
    async put(i, bytes) {
      pixels[i] = bytes
    },
    done: async (files) =>
      Array.from({ length: files }, (_, i) => {
        const bytes = pixels[i]
        return bytes && (() => bytes)
      }),
  }
}

const FORCE = { force: true }

/** So many bytes of encoded pictures take a second or two to decode. */
const WORTH_KEEPING = 2 ** 26
/** What it takes to open and decode any picture, however small, in bytes of a large one. */
const EACH = 2 ** 16

/** Whether decoding takes long enough to be worth a file: 64 MiB, or a thousand pictures. */
export function isWorthKeeping(files: number, bytes: number): boolean {
  return bytes + files * EACH >= WORTH_KEEPING
}

/**
 * In a file of the cache, where a later run finds them; in memory where pictures are few, or nothing can
 * be written.
 * @param cache a folder, or undefined for the default one and many pictures only
 */
export async function pictureStore(
  dir: string,
  files: readonly string[],
  format: ImageFormat,
  { cache, always }: { readonly cache: string | undefined; readonly always: boolean },
): Promise<PictureStore> {
  if (cache === undefined) return memoryStore()
  const { signatures, bytes } = await statAll(files)
  if (!always && !isWorthKeeping(files.length, bytes)) return memoryStore()
  try {
    const folder = await cacheFolder(cache, dir)
    await makeFolder(folder)
    const path = join(folder, indexName(format))
    const before = await readIndex(path)
    return await fileStore({ cache, folder, path, before, files, signatures, format })
  } catch {
    return memoryStore()
  }
}

async function statAll(files: readonly string[]) {
  const signatures: (string | undefined)[] = []
  let bytes = 0
  await severalAtOnce(files, async (file, i) => {
    try {
      signatures[i] = await signatureOf(file)
      bytes += (await stat(file)).size
    } catch {
      // Loading says what is wrong with it.
    }
  })
  return { signatures, bytes }
}

interface Place {
  readonly cache: string
  readonly folder: string
  /** Of the index. */
  readonly path: string
  readonly before: CacheIndex | undefined
  readonly files: readonly string[]
  readonly signatures: readonly (string | undefined)[]
  readonly format: ImageFormat
}

async function fileStore(place: Place): Promise<PictureStore> {
  const { folder, files, signatures } = place
  const frame = frameOf(place.format)
  const old = place.before && openOld(join(folder, place.before.pixels), frame)
  const pictures = old ? place.before!.pictures : []
  const byFile = new Map(pictures.map((picture) => [picture.file, picture]))
  const byContent = new Map(pictures.map((picture) => [picture.content, picture]))
  const contents: string[] = []
  const reused = new Map<number, CachedPicture>()
  const fresh = new Map<number, CachedPicture>()
  const unwritten = new Map<number, Uint8Array>()
  const name = newPixelsName()
  let writer: ReturnType<typeof writePixelFile> | undefined
  const write = async (i: number, bytes: Uint8Array) => {
    writer ??= writePixelFile(join(folder, name), frame)
    return (await writer).write(i, bytes)
  }

  return {
    known(i) {
      const picture = byFile.get(files[i]!)
      return picture && picture.signature === signatures[i] ? picture : undefined
    },
    sameContent(i, bytes) {
      contents[i] = contentOf(bytes)
      return byContent.get(contents[i]!)
    },
    remember(i, bytes) {
      contents[i] = contentOf(bytes)
      return bytes
    },
    reuse(i, picture) {
      reused.set(i, picture)
    },
    async put(i, pixels, facts) {
      try {
        const crc = await write(i, pixels)
        fresh.set(i, pictureAt(i, { ...facts, content: contents[i]!, slot: i, crc }))
      } catch {
        // A full disk is no reason to stop.
        unwritten.set(i, pixels)
      }
    },
    async done() {
      if (fresh.size > 0 || !isSame()) await keep().catch(() => rm(join(folder, name), FORCE))
      const now = fresh.size > 0 ? openPixelFile(join(folder, name), frame) : undefined
      await writer?.then((file) => file.close()).catch(() => {})
      return files.map((_, i) => {
        const [own, kept, bytes] = [fresh.get(i), reused.get(i), unwritten.get(i)]
        if (own) return () => now!.read(own.slot, own.crc)
        if (kept) return () => old!.read(kept.slot, kept.crc)
        return bytes && (() => bytes)
      })
    },
  }

  function pictureAt(i: number, rest: Omit<CachedPicture, 'file' | 'signature'>): CachedPicture {
    // Without a signature it is known by its content alone.
    return { file: files[i]!, signature: signatures[i] ?? '', ...rest }
  }

  /** Whether what is used is what was kept, file by file. */
  function isSame(): boolean {
    return [...reused].every(([i]) => byFile.get(files[i]!)?.signature === signatures[i])
  }

  /** Writes what was kept and what is new into one file. */
  async function keep(): Promise<void> {
    for (const [i, picture] of reused) {
      const crc = await write(i, old!.read(picture.slot, picture.crc))
      const { file: _, signature: __, ...rest } = picture
      fresh.set(i, pictureAt(i, { ...rest, slot: i, crc }))
    }
    const kept = [...fresh.entries()].sort(([a], [b]) => a - b).map(([, picture]) => picture)
    await writeIndex(place.path, { pixels: name, pictures: kept }, place.before)
    await evict(place.cache, folder)
  }
}

function openOld(path: string, frame: number): PixelFile | undefined {
  try {
    return openPixelFile(path, frame)
  } catch {
    return undefined
  }
}

function frameOf({ size, channels = 3 }: ImageFormat): number {
  return size[0] * size[1] * channels
}
