import { realpath } from 'node:fs/promises'
import { KshotError } from '@kshot/core'
import { BAD_NAME, type Entry, type Listing, listing } from '../files/listing'
import { unreadable } from '../files/regular-file'
import { type SplitName, splitNamed, splitWithin } from '../shares'
import { counted, shortList } from '../understood'
import { endingOf, isPicture } from './kinds'

/** A class: its pictures, and what else lies in its folder. */
export interface ClassFolder {
  readonly id: string
  readonly group?: string
  /** Where a folder such as `train/` says so. */
  readonly split?: SplitName
  readonly path: string
  readonly pictures: readonly Entry[]
  /** Endings of files that are not read, one for each. */
  readonly others: readonly string[]
}

/** The classes of a folder of pictures. */
export interface Layout {
  /** Folders such as `train/` say which class belongs to which split. */
  readonly given: boolean
  readonly classes: readonly ClassFolder[]
  /** What was understood, for people. */
  readonly notes: readonly string[]
}

/** Deeper is no data set but a loop, or a disk. */
const DEEPEST = 6

/**
 * Reads the layout of a folder of pictures: one folder per class; or `train/`, `val/`, `test/` under their usual
 * names with one folder per class; one level further down where a folder holds only one folder; or
 * `alphabet/character/` where class folders hold folders. Links are followed.
 * @throws `episodes/data-not-found`, `episodes/unreadable-file` (broken links, loops)
 */
export async function layoutOf(dir: string): Promise<Layout> {
  const notes: string[] = []
  const { path, found } = await root(dir, notes)
  const splits = await splitFolders(found)
  if (!splits) return { given: false, classes: await classesIn(path, found, notes), notes }
  const loose = found.folders.filter(({ name }) => !splits.some((one) => one.folder.name === name))
  notes.push(...splits.flatMap(renamed))
  if (loose.length > 0) notes.push(`next to the splits, ignored: ${names(loose)}`)
  const lists = await Promise.all(
    splits.map(async ({ split, folder }) => {
      const { path: inner, found: list } = await root(folder.path, notes)
      const classes = await classesIn(inner, list, notes)
      return classes.map((entry) => ({ ...entry, split }))
    }),
  )
  return { given: true, classes: lists.flat(), notes }
}

/** Where a folder's own name is not the split's. */
function renamed({ split, folder: { name } }: SplitFolder): string[] {
  return name.toLowerCase() === split ? [] : [`${name}/ is ${split}`]
}

/** As if there were no `train/` and `test/`: what is called alike is one class. */
export function merged(layout: Layout): Layout {
  const classes = new Map<string, ClassFolder>()
  for (const { split: _, ...entry } of layout.classes) {
    const known = classes.get(entry.id)
    classes.set(entry.id, {
      ...entry,
      pictures: [...(known?.pictures ?? []), ...entry.pictures],
      others: [...(known?.others ?? []), ...entry.others],
    })
  }
  const sorted = [...classes.values()].sort((a, b) => (a.id < b.id ? -1 : 1))
  return { given: false, classes: sorted, notes: layout.notes }
}

/** The folder itself, or the one below where there is only one that holds folders. */
async function root(dir: string, notes: string[]): Promise<{ path: string; found: Listing }> {
  let path = dir
  for (let depth = 0; depth < DEEPEST; depth++) {
    const found = await listed(path)
    checkOdd(found)
    const [only] = found.folders
    if (!only || found.folders.length > 1 || found.files.some(({ name }) => isPicture(name))) {
      if (!only) throw noClasses(path, found)
      if (path !== dir) notes.push(`the data is one level down, in ${path}`)
      return { path, found }
    }
    const inner = await listed(only.path)
    if (inner.folders.length === 0 || pictures(inner).length > 0) return { path, found }
    path = only.path
  }
  throw notFound(`nothing but folders in folders below ${dir}`)
}

function noClasses(path: string, found: Listing): KshotError {
  const loose = pictures(found).length
  if (loose === 0) return notFound(`no folder in ${path}`)
  return notFound(
    `${path}, with ${counted(loose, 'picture')} and no folder`,
    undefined,
    'Put the pictures of each class into a folder of its own, named after the class',
  )
}

interface SplitFolder {
  readonly split: SplitName
  readonly folder: Entry
}

/**
 * The folders that are named after a split and hold classes; undefined unless there are two splits. Where
 * each folder has the word of a split in its name, that is enough.
 */
async function splitFolders({ folders }: Listing): Promise<readonly SplitFolder[] | undefined> {
  const nameOf = folders.every(({ name }) => splitWithin(name)) ? splitWithin : splitNamed
  const ofSplits = folders.flatMap((folder) => {
    const split = nameOf(folder.name)
    return split ? [{ split, folder }] : []
  })
  const inner = await Promise.all(ofSplits.map(({ folder }) => listed(folder.path)))
  const holders = ofSplits.filter(
    (_, i) => inner[i]!.folders.length > 0 && pictures(inner[i]!).length === 0,
  )
  const splits = new Set(holders.map(({ split }) => split))
  if (splits.size < 2) return undefined
  if (splits.has('train')) return holders
  throw notFound(`${names(holders.map(({ folder }) => folder))} and no train/ beside them`)
}

/** The classes of a folder; those of folders in folders are grouped by the outer one. */
async function classesIn(dir: string, found: Listing, notes: string[]): Promise<ClassFolder[]> {
  const loose = pictures(found)
  if (loose.length > 0) notes.push(`next to the classes, ignored: ${names(loose)} in ${dir}`)
  const above = [await realPath(dir)]
  const classes = await Promise.all(found.folders.map((folder) => classesAt(folder, notes, above)))
  const all = classes.flat()
  await checkTwice(all)
  const grouped = all.filter(({ group }) => group !== undefined)
  if (grouped.length > 0) {
    const groups = new Set(grouped.map(({ group }) => group)).size
    const list = shortList(
      grouped.map(({ id }) => id),
      3,
    )
    notes.push(
      `${counted(groups, 'folder')} hold folders, ${counted(grouped.length, 'class', 'classes')}: ${list}`,
    )
  }
  return all
}

async function classesAt(
  folder: Entry,
  notes: string[],
  above: readonly string[],
  group?: string,
): Promise<ClassFolder[]> {
  const real = await realPath(folder.path)
  if (above.includes(real)) throw unreadable(folder.path, 'a link to a folder that contains it')
  if (above.length > DEEPEST) throw unreadable(folder.path, 'endlessly nested folders')
  const id = group === undefined ? folder.name : `${group}/${folder.name}`
  const found = await listed(folder.path)
  checkNames(found)
  const [own, inner] = [pictures(found), found.folders]
  if (own.length > 0 || inner.length === 0) {
    if (inner.length > 0)
      notes.push(`the folders in the class '${id}' are ignored: ${names(inner)}`)
    const odd = found.odd
      .map(({ name, path }) => ({ name, path }))
      .filter(({ name }) => isPicture(name))
    return [
      {
        id,
        ...(group !== undefined && { group }),
        path: folder.path,
        // What is no file is among the pictures, so that it is told like a broken one.
        pictures: [...own, ...odd].sort((a, b) => (a.name < b.name ? -1 : 1)),
        others: found.files
          .map(({ name }) => endingOf(name))
          .filter((_, i) => !isPicture(found.files[i]!.name)),
      },
    ]
  }
  checkOdd(found)
  const within = [...above, real]
  // The one folder in a class folder, as `class/images/`, is the class itself.
  if (inner.length === 1)
    return classesAt({ ...folder, path: inner[0]!.path }, notes, within, group)
  const below = await Promise.all(inner.map((child) => classesAt(child, notes, within, id)))
  return below.flat()
}

function pictures({ files }: Listing): Entry[] {
  return files.filter(({ name }) => isPicture(name))
}

/** A folder that can't be followed would be a class that vanishes. */
function checkOdd({ odd }: Listing): void {
  const [first] = odd.filter(({ kind }) => kind.includes('link') || kind === BAD_NAME)
  if (!first) return
  throw unreadable(first.path, `${first.kind}, where a class folder is expected`)
}

/** A picture that can't be opened by its name, though another may be. */
function checkNames({ odd }: Listing): void {
  const fault = odd.find(({ name, kind }) => kind === BAD_NAME && isPicture(name))
  if (fault) throw unreadable(fault.path, fault.kind)
}

/** Two classes of one folder, which a link makes, would be one class in two splits. */
async function checkTwice(classes: readonly ClassFolder[]): Promise<void> {
  const seen = new Map<string, string>()
  for (const { id, path } of classes) {
    const real = await realPath(path)
    const other = seen.get(real)
    if (other !== undefined) {
      throw new KshotError('episodes/same-class-twice', {
        got: `the classes '${other}' and '${id}', which are the same folder, ${real}`,
        expected: 'a separate folder for each class',
        remedy: 'Remove the link',
      })
    }
    seen.set(real, id)
  }
}

async function realPath(path: string): Promise<string> {
  return realpath(path).catch((cause) => {
    throw unreadable(path, 'a folder that can not be opened, by its name', cause)
  })
}

async function listed(path: string): Promise<Listing> {
  return listing(path).catch((cause) => {
    throw notFound(`${path}: ${(cause as Error).message}`, cause)
  })
}

/** `a, b and 3 more` */
function names(entries: readonly { readonly name: string }[]): string {
  const shown = entries.slice(0, 3).map(({ name }) => name)
  const more = entries.length - shown.length
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ')
}

export function notFound(got: string, cause?: unknown, remedy = 'Check the path'): KshotError {
  return new KshotError('episodes/data-not-found', {
    got,
    expected: 'a folder with a folder of images for each class, or with train/, val/ and test/',
    remedy,
    cause,
  })
}
