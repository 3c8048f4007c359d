import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { inflateRawSync } from 'node:zlib'
import { crc32, KshotError } from '@kshot/core'
import { type Entry, fromBuffer, type ZipFile } from 'yauzl'

/** The two halves that Omniglot is published in. */
export const PARTS = ['images_background', 'images_evaluation'] as const

/** A file: where it lies, as in `images_background/Korean/character01/0539_01.png`, and its bytes. */
export interface StoredFile {
  readonly path: string
  readonly bytes: Uint8Array
}

/** Whether a folder holds Omniglot, as zips or unpacked. */
export function holdsOmniglot(folder: string): boolean {
  return PARTS.every(
    (part) => existsSync(join(folder, part)) || existsSync(join(folder, `${part}.zip`)),
  )
}

/** All drawings of one half, in the order of their paths. */
export async function readDrawings(folder: string, part: string): Promise<StoredFile[]> {
  const zip = join(folder, `${part}.zip`)
  const image = (path: string) => path.endsWith('.png')
  if (existsSync(zip)) return inOrder(await readZip(zip, image))
  const drawings = await readFolder(join(folder, part), image)
  return inOrder(drawings.map(({ path, bytes }) => ({ path: `${part}/${path}`, bytes })))
}

function inOrder(files: StoredFile[]): StoredFile[] {
  return files.sort((a, b) => (a.path < b.path ? -1 : 1))
}

type Wanted = (path: string) => boolean

/** The files below a folder that are wanted; their paths begin there, with `/` on every system. */
export async function readFolder(folder: string, wanted: Wanted): Promise<StoredFile[]> {
  const names = await readdir(folder, { recursive: true })
  const paths = names.map((name) => name.split(/[\\/]/).join('/')).filter(wanted)
  const files: StoredFile[] = []
  // a few at a time: a process may have no more than 1,024 files open
  for (let from = 0; from < paths.length; from += 64) {
    const read = paths
      .slice(from, from + 64)
      .map(async (path) => ({ path, bytes: await readFile(join(folder, path)) }))
    files.push(...(await Promise.all(read)))
  }
  return files
}

/**
 * The files of a zip archive that are wanted, each checked.
 * @throws `episodes/damaged-archive` naming the entry
 */
export async function readZip(file: string, wanted: Wanted): Promise<StoredFile[]> {
  const buffer = await readFile(file)
  try {
    const zip = await promisify(openZip)(buffer)
    return await readEntries(zip, buffer, file, wanted)
  } catch (cause) {
    throw cause instanceof KshotError ? cause : damaged(file, (cause as Error).message, cause)
  }
}

function openZip(buffer: Buffer, done: (error: Error | null, zip: ZipFile) => void): void {
  fromBuffer(buffer, { lazyEntries: true }, done as never)
}

// yauzl 3 has it, its type declarations do not yet
interface LocalHeaders {
  readLocalFileHeader(
    entry: Entry,
    options: { minimal: true },
    done: (error: Error | null, header?: { fileDataStart: number }) => void,
  ): void
}

function readEntries(
  zip: ZipFile,
  buffer: Buffer,
  file: string,
  wanted: Wanted,
): Promise<StoredFile[]> {
  const files: StoredFile[] = []
  return new Promise((resolve, reject) => {
    zip.on('error', reject)
    zip.on('end', () => resolve(files))
    zip.on('entry', (entry: Entry) => {
      if (!wanted(entry.fileName)) return zip.readEntry()
      const reader = zip as ZipFile & LocalHeaders
      reader.readLocalFileHeader(entry, { minimal: true }, (error, header) => {
        try {
          if (error) throw error
          const { fileDataStart: from } = header!
          const packed = buffer.subarray(from, from + entry.compressedSize)
          files.push({ path: entry.fileName, bytes: unpack(packed, entry, file) })
          zip.readEntry()
        } catch (fault) {
          reject(fault)
        }
      })
    })
    zip.readEntry()
  })
}

/** An entry's bytes, with the checks of length and CRC that yauzl leaves to its caller. */
function unpack(packed: Uint8Array, entry: Entry, file: string): Uint8Array {
  const place = `${file}: ${entry.fileName}`
  let bytes = packed
  if (entry.compressionMethod !== 0) {
    try {
      const size = entry.uncompressedSize + 1
      bytes = inflateRawSync(packed, { maxOutputLength: size, chunkSize: chunkFor(size) })
    } catch (cause) {
      throw damaged(place, 'bytes that cannot be unpacked', cause)
    }
  }
  if (bytes.length !== entry.uncompressedSize) throw damaged(place, 'a wrong length')
  if (crc32(bytes) !== entry.crc32) throw damaged(place, 'a wrong checksum (CRC-32)')
  return bytes
}

/** No larger than needed, so that thousands of small entries are quick; no larger than a bomb deserves. */
function chunkFor(size: number): number {
  return Math.min(Math.max(size, 64), 1 << 16)
}

function damaged(place: string, what: string, cause?: unknown): KshotError {
  return new KshotError('episodes/damaged-archive', {
    got: `${place}: ${what}`,
    expected: 'a whole zip archive',
    remedy: 'Get the archive anew; it may have been cut off on its way',
    cause,
  })
}
