import type { Dirent, Stats } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** What lies in a folder. */
export interface Entry {
  readonly name: string
  readonly path: string
}

/** An entry that is neither a file nor a folder, a link that leads to neither, or one without a name. */
export interface OddEntry extends Entry {
  /** For example `a FIFO`, `a broken link`. */
  readonly kind: string
}

/** A folder's entries by kind, links followed, each list in the order of names. */
export interface Listing {
  readonly files: readonly Entry[]
  readonly folders: readonly Entry[]
  readonly odd: readonly OddEntry[]
}

/** What systems put beside pictures. */
const SYSTEM = new Set(['__MACOSX', 'Thumbs.db', 'desktop.ini', '@eaDir', '$RECYCLE.BIN'])

/**
 * Lists a folder; what is hidden, or the system's own, is left out.
 * @throws what `readdir` throws
 */
export async function listing(folder: string): Promise<Listing> {
  const entries = await readdir(folder, { withFileTypes: true })
  const seen = entries.filter(({ name }) => !name.startsWith('.') && !SYSTEM.has(name))
  const sorted = seen.sort((a, b) => (a.name < b.name ? -1 : 1))
  const kinds = await Promise.all(sorted.map((entry) => kindOfEntry(entry, folder)))
  const of = (wanted: (kind: string) => boolean) =>
    sorted.flatMap(({ name }, i) =>
      wanted(kinds[i]!) ? [{ name, path: join(folder, name), kind: kinds[i]! }] : [],
    )
  return {
    files: of((kind) => kind === 'a file'),
    folders: of((kind) => kind === 'a folder'),
    odd: of((kind) => kind !== 'a file' && kind !== 'a folder'),
  }
}

/** What Node puts in the place of bytes that are no UTF-8: no such entry can be opened by its name. */
const NO_TEXT = '\ufffd'
export const BAD_NAME = 'a name that is no UTF-8'

async function kindOfEntry(entry: Dirent, folder: string): Promise<string> {
  if (entry.name.includes(NO_TEXT)) return BAD_NAME
  if (!entry.isSymbolicLink()) return kindOf(entry)
  return stat(join(folder, entry.name)).then(kindOf, ({ code }: NodeJS.ErrnoException) =>
    code === 'ELOOP' ? 'a link that leads to itself' : 'a broken link',
  )
}

/** `a file`, `a folder`, `a FIFO`, … */
export function kindOf(entry: Dirent | Stats): string {
  if (entry.isFile()) return 'a file'
  if (entry.isDirectory()) return 'a folder'
  if (entry.isFIFO()) return 'a FIFO'
  if (entry.isSocket()) return 'a socket'
  return entry.isCharacterDevice() || entry.isBlockDevice() ? 'a device' : 'no file'
}
