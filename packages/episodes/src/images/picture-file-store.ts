import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { ImageFormat } from './decode-image'
import type { ImageHeader } from './picture'
import {
  type CachedPicture,
  type CacheIndex,
  contentOf,
  evict,
  newPixelsName,
  writeIndex,
} from './picture-cache'
import type { Pixels } from './picture-dataset'
import { openPixelFile, type PixelFile, writePixelFile } from './pixel-file'

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

/** In files of a folder: what a run before has kept is used, and what is new is kept with it. */
export function fileStore(place: Place): PictureStore {
  const { files, signatures } = place
  const before = keptBefore(place)
  const writing = pixelWriting(place)
  const contents: string[] = []
  const used: Used = { reused: new Map(), fresh: new Map() }
  const unwritten = new Map<number, Uint8Array>()
  return {
    known(i) {
      const picture = before.byFile.get(files[i]!)
      return picture && picture.signature === signatures[i] ? picture : undefined
    },
    sameContent(i, bytes) {
      contents[i] = contentOf(bytes)
      return before.byContent.get(contents[i]!)
    },
    remember(i, bytes) {
      contents[i] = contentOf(bytes)
      return bytes
    },
    reuse(i, picture) {
      used.reused.set(i, picture)
    },
    async put(i, pixels, facts) {
      try {
        const crc = await writing.write(i, pixels)
        used.fresh.set(i, pictureAt(place, i, { ...facts, content: contents[i]!, slot: i, crc }))
      } catch {
        // A full disk is no reason to stop.
        unwritten.set(i, pixels)
      }
    },
    async done() {
      if (isNews(place, before, used)) {
        await keep(place, before, writing, used).catch(writing.remove)
      }
      const now = used.fresh.size > 0 ? writing.open() : undefined
      await writing.close()
      return files.map((_, i) => {
        const [own, kept, bytes] = [used.fresh.get(i), used.reused.get(i), unwritten.get(i)]
        if (own) return () => now!.read(own.slot, own.crc)
        if (kept) return () => before.pixels!.read(kept.slot, kept.crc)
        return bytes && (() => bytes)
      })
    },
  }
}

/** What this run uses: pictures that were kept before, and new ones. */
interface Used {
  readonly reused: Map<number, CachedPicture>
  readonly fresh: Map<number, CachedPicture>
}

interface Before {
  readonly pixels: PixelFile | undefined
  readonly byFile: ReadonlyMap<string, CachedPicture>
  readonly byContent: ReadonlyMap<string, CachedPicture>
}

/** What a run before has kept; nothing, where its file of pixels can't be opened. */
function keptBefore({ folder, before, format }: Place): Before {
  const pixels = before && openOld(join(folder, before.pixels), frameOf(format))
  const pictures = pixels ? before!.pictures : []
  return {
    pixels,
    byFile: new Map(pictures.map((picture) => [picture.file, picture])),
    byContent: new Map(pictures.map((picture) => [picture.content, picture])),
  }
}

type Writing = ReturnType<typeof pixelWriting>

/** A new file of pixels, which begins with the first picture that is written. */
function pixelWriting({ folder, format }: Place) {
  const name = newPixelsName()
  const path = join(folder, name)
  const frame = frameOf(format)
  let writer: ReturnType<typeof writePixelFile> | undefined
  return {
    name,
    async write(i: number, bytes: Uint8Array): Promise<number> {
      writer ??= writePixelFile(path, frame)
      return (await writer).write(i, bytes)
    },
    open: () => openPixelFile(path, frame),
    remove: () => rm(path, { force: true }),
    close: async () => writer?.then((file) => file.close()).catch(() => {}),
  }
}

function pictureAt(
  { files, signatures }: Place,
  i: number,
  rest: Omit<CachedPicture, 'file' | 'signature'>,
): CachedPicture {
  // Without a signature it is known by its content alone.
  return { file: files[i]!, signature: signatures[i] ?? '', ...rest }
}

/** Whether what is used is not what was kept, file by file. */
function isNews(
  { files, signatures }: Place,
  { byFile }: Before,
  { reused, fresh }: Used,
): boolean {
  if (fresh.size > 0) return true
  return ![...reused].every(([i]) => byFile.get(files[i]!)?.signature === signatures[i])
}

/** Writes what was kept and what is new into one file. */
async function keep(
  place: Place,
  { pixels }: Before,
  writing: Writing,
  { reused, fresh }: Used,
): Promise<void> {
  for (const [i, picture] of reused) {
    const crc = await writing.write(i, pixels!.read(picture.slot, picture.crc))
    const { file: _, signature: __, ...rest } = picture
    fresh.set(i, pictureAt(place, i, { ...rest, slot: i, crc }))
  }
  const kept = [...fresh.entries()].sort(([a], [b]) => a - b).map(([, picture]) => picture)
  await writeIndex(place.path, { pixels: writing.name, pictures: kept }, place.before)
  await evict(place.cache, place.folder)
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
