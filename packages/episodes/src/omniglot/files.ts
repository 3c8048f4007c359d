import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { readFolder } from '../files/read-folder'
import { damagedArchive, readZip, type StoredFile } from '../files/zip'

/** The two halves that Omniglot is published in. */
export const PARTS = ['images_background', 'images_evaluation'] as const

/** Whether a folder holds Omniglot, as zips or unpacked. */
export function holdsOmniglot(folder: string): boolean {
  return PARTS.every(
    (part) => existsSync(join(folder, part)) || existsSync(join(folder, `${part}.zip`)),
  )
}

/**
 * All drawings of one half, in the order of their paths.
 * @throws `episodes/damaged-archive` if a file of the archive is no drawing: its name is damaged
 */
export async function readDrawings(folder: string, part: string): Promise<StoredFile[]> {
  const zip = join(folder, `${part}.zip`)
  if (!existsSync(zip)) {
    const drawings = await readFolder(join(folder, part), isDrawing)
    return inOrder(drawings.map(({ path, bytes }) => ({ path: `${part}/${path}`, bytes })))
  }
  const files = await readZip(zip, (path) => {
    if (path.endsWith('/') || isSystems(path)) return false
    if (isDrawing(path)) return true
    throw damagedArchive(`${zip}: ${path}`, 'a file that is no drawing (.png)')
  })
  if (files.length === 0) throw damagedArchive(zip, 'an archive without drawings')
  return inOrder(files)
}

function isDrawing(path: string): boolean {
  return path.endsWith('.png')
}

/** What a system adds to an archive. */
function isSystems(path: string): boolean {
  return path
    .split('/')
    .some((name) => name.startsWith('.') || name === '__MACOSX' || name === 'Thumbs.db')
}

function inOrder(files: StoredFile[]): StoredFile[] {
  return files.sort((a, b) => (a.path < b.path ? -1 : 1))
}
