import { realpath } from 'node:fs/promises'
import { BAD_NAME, type Entry, listing } from './listing'
import { readRegularFile, unreadable } from './regular-file'
import type { StoredFile, Wanted } from './zip'

/** Of a drawing, or a list of labels. */
const MOST_BYTES = 2 ** 20
/** A process may have no more than a few hundred files open. */
const AT_ONCE = 16

/**
 * The files below a folder that are wanted; their paths begin there, with `/` on every system. Links are
 * followed; what is wanted by its name and is no file is refused.
 * @throws `episodes/data-not-found`, `episodes/unreadable-file`, `episodes/file-too-large`
 */
export async function readFolder(folder: string, wanted: Wanted): Promise<StoredFile[]> {
  const found = await filesBelow({ name: '', path: folder }, wanted, [])
  const files: StoredFile[] = []
  for (let from = 0; from < found.length; from += AT_ONCE) {
    const read = found.slice(from, from + AT_ONCE).map(async ({ name, path }) => ({
      path: name,
      bytes: await readRegularFile(path, MOST_BYTES),
    }))
    files.push(...(await Promise.all(read)))
  }
  return files
}

/** Files by their path from the folder. */
async function filesBelow(
  folder: Entry,
  wanted: Wanted,
  above: readonly string[],
): Promise<Entry[]> {
  const real = await realpath(folder.path).catch((cause) => {
    throw unreadable(folder.path, (cause as Error).message, cause)
  })
  if (above.includes(real)) throw unreadable(folder.path, 'a link to a folder that contains it')
  const { files, folders, odd } = await listing(folder.path).catch((cause) => {
    throw unreadable(folder.path, (cause as Error).message, cause)
  })
  const withFolder = (entry: Entry) => ({ ...entry, name: folder.name + entry.name })
  const fault = odd.find((entry) => entry.kind === BAD_NAME || wanted(withFolder(entry).name))
  if (fault) throw unreadable(fault.path, fault.kind)
  const inner = folders.map((entry) => {
    const { name, path } = withFolder(entry)
    return filesBelow({ name: `${name}/`, path }, wanted, [...above, real])
  })
  return [
    ...files.map(withFolder).filter(({ name }) => wanted(name)),
    ...(await Promise.all(inner)).flat(),
  ]
}
