import { promisify } from 'node:util'
import { inflateRawSync } from 'node:zlib'
import { crc32, KshotError } from '@kshot/core'
import { type Entry, fromBuffer, type ZipFile } from 'yauzl'
import { bytesName } from './bytes-name'
import { readRegularFile } from './regular-file'

/** A file: where it lies, for example `images_background/Korean/character01/0539_01.png`, and its bytes. */
export interface StoredFile {
  readonly path: string
  readonly bytes: Uint8Array
}

export type Wanted = (path: string) => boolean

/** Of the archive, of one file in it, and of all that are wanted: far more than drawings have. */
const MOST = { archive: 2 ** 28, file: 2 ** 20, total: 2 ** 28 }

/**
 * The files of a zip archive that are wanted, each checked. Its directory is read to its end, so that
 * none is missing without a word; sizes are checked before anything is unpacked.
 * @param wanted may throw at a name that has no place there
 * @throws `episodes/damaged-archive` naming the entry, `episodes/unreadable-file`,
 * `episodes/file-too-large`
 */
export async function readZip(file: string, wanted: Wanted): Promise<StoredFile[]> {
  const buffer = await readRegularFile(file, MOST.archive)
  try {
    const zip = await promisify(openZip)(buffer)
    return await readEntries(zip, buffer, file, wanted)
  } catch (cause) {
    throw cause instanceof KshotError
      ? cause
      : damagedArchive(file, (cause as Error).message, cause)
  }
}

function openZip(buffer: Buffer, done: (error: Error | null, zip: ZipFile) => void): void {
  fromBuffer(buffer, { lazyEntries: true }, done)
}

// yauzl 3 has them, its type declarations do not yet
interface Undeclared {
  /** Where the next entry of the directory begins. */
  readonly readEntryCursor: number
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
  const reader = zip as unknown as Undeclared // ZipFile lacks them, see there
  const { files, store } = storage(buffer, file)
  return new Promise((resolve, reject) => {
    zip.on('error', reject)
    zip.on('end', () => {
      const fault = directoryFault(buffer, reader.readEntryCursor, zip.entryCount)
      if (fault) reject(damagedArchive(file, fault))
      else resolve([...files.values()])
    })
    const attempt = (step: () => void) => {
      try {
        step()
      } catch (fault) {
        reject(fault)
      }
    }
    const read = (entry: Entry) =>
      reader.readLocalFileHeader(entry, { minimal: true }, (error, header) =>
        attempt(() => {
          if (error) throw error
          store(entry, header!.fileDataStart)
          zip.readEntry()
        }),
      )
    zip.on('entry', (entry: Entry) =>
      attempt(() => (wanted(entry.fileName) ? read(entry) : zip.readEntry())),
    )
    zip.readEntry()
  })
}

/** The files of an archive by their path, and what adds an entry whose bytes begin at `from`. */
function storage(buffer: Buffer, file: string) {
  const files = new Map<string, StoredFile>()
  let total = 0
  const store = (entry: Entry, from: number) => {
    const { fileName: path, compressedSize, uncompressedSize } = entry
    const place = `${file}: ${path}`
    total += uncompressedSize
    if (uncompressedSize > MOST.file || total > MOST.total) throw tooMuch(place, entry, total)
    if (NO_TEXT.test(path)) throw damagedArchive(place, 'a name that is no text')
    if (files.has(path)) throw damagedArchive(place, 'this name twice')
    const packed = buffer.subarray(from, from + compressedSize)
    files.set(path, { path, bytes: unpack(packed, entry, place) })
  }
  return { files, store }
}

/** Control characters, and what stands for bytes that are no UTF-8. */
const NO_TEXT = /[\p{Cc}\ufffd]/u

const STORED = 0
const DEFLATED = 8

/** What follows the last entry of a directory: its end, in one of its forms. */
const ENDS = ['PK\x05\x06', 'PK\x06\x06', 'PK\x05\x05', 'PK\x06\x08']

/** A count that is too low hides entries. */
function directoryFault(buffer: Buffer, at: number, count: number): string | undefined {
  if (count === 0) return 'an archive without files'
  const mark = buffer.toString('latin1', at, at + 4)
  return ENDS.includes(mark) ? undefined : `a directory that does not end after ${count} files`
}

/** An entry's bytes, with the checks of length and CRC that yauzl leaves to its caller. */
function unpack(packed: Uint8Array, entry: Entry, place: string): Uint8Array {
  const { compressionMethod: method, generalPurposeBitFlag: flags } = entry
  if (flags & 1) throw damagedArchive(place, 'encrypted')
  if (method !== STORED && method !== DEFLATED) {
    throw damagedArchive(place, `packed by method ${method}, neither stored nor deflated`)
  }
  let bytes = packed
  if (method === DEFLATED) {
    try {
      const size = entry.uncompressedSize + 1
      bytes = inflateRawSync(packed, { maxOutputLength: size, chunkSize: chunkFor(size) })
    } catch (cause) {
      throw damagedArchive(place, 'bytes that cannot be unpacked', cause)
    }
  }
  if (bytes.length !== entry.uncompressedSize) throw damagedArchive(place, 'a wrong length')
  if (crc32(bytes) !== entry.crc32) throw damagedArchive(place, 'a wrong checksum (CRC-32)')
  return bytes
}

/** No larger than needed, so that thousands of small entries are quick; no larger than a bomb deserves. */
function chunkFor(size: number): number {
  return Math.min(Math.max(size, 64), 1 << 16)
}

function tooMuch(place: string, { uncompressedSize }: Entry, total: number): KshotError {
  const got =
    uncompressedSize > MOST.file
      ? `${place}: ${bytesName(uncompressedSize)} once unpacked`
      : `${place}: ${bytesName(total)} in all so far, once unpacked`
  return new KshotError('episodes/damaged-archive', {
    got,
    expected: `at most ${bytesName(MOST.file)} per file, ${bytesName(MOST.total)} in all`,
    remedy: 'Download the archive again; such an archive may be a decompression bomb',
  })
}

export function damagedArchive(place: string, what: string, cause?: unknown): KshotError {
  return new KshotError('episodes/damaged-archive', {
    got: `${place}: ${what}`,
    expected: 'an intact zip archive',
    remedy: 'Download the archive again; the download may have been cut short',
    cause,
  })
}
