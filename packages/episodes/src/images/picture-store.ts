import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { ImageFormat } from './decode-image'
import { cacheFolder, indexName, makeFolder, readIndex, signatureOf } from './picture-cache'
import { fileStore, type PictureStore } from './picture-file-store'
import { severalAtOnce } from './several-at-once'

export type { PictureStore }

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
    return fileStore({ cache, folder, path, before, files, signatures, format })
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
