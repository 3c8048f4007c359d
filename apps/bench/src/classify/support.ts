import { stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { isKshotError, KshotError } from '@kshot/core'
import { classFolders, type LabelledRows, labelledRows } from '@kshot/episodes/node'
import { noPictures } from './errors'

/** What an example is: the path of a picture, a text, or numbers. */
export type Input = string | Float32Array

/** An example, or a query, and where it stands: the path of its file, `flowers.csv, line 7`. */
export interface Item {
  readonly name: string
  readonly input: Input
}

/** Labelled examples, as a user keeps them. */
export interface Support {
  readonly kind: 'pictures' | 'texts' | 'vectors'
  readonly classes: readonly { readonly label: string; readonly items: readonly Item[] }[]
  /** What was understood, for people. */
  readonly notes: readonly string[]
  /** Of a table: how queries in another one are read. */
  readonly table?: LabelledRows
}

/**
 * The examples of a folder of pictures, a folder a class, or of a table of texts or numbers.
 * @param label the column with the class
 * @throws `classify/no-pictures`, `classify/too-few-classes`, and what reading them throws
 */
export async function readSupport(path: string, label: string | undefined): Promise<Support> {
  const found = await stat(path).catch((cause) => {
    throw noPictures(path, cause)
  })
  const support = found.isDirectory() ? await picturesIn(path) : await tableAt(path, label)
  if (support.classes.length < 2) throw tooFewClasses(path, support)
  return support
}

async function picturesIn(dir: string): Promise<Support> {
  const { classes, notes } = await classFolders(dir).catch((error) => {
    if (!isKshotError(error, 'episodes/data-not-found')) throw error
    throw tooFewClasses(dir, { kind: 'pictures', classes: [] })
  })
  const empty = classes.find(({ files }) => files.length === 0)
  if (empty) throw noPictures(join(dir, empty.id))
  return {
    kind: 'pictures',
    classes: classes.map(({ id, files }) => ({
      label: id,
      items: files.map((file) => ({ name: file, input: file })),
    })),
    notes,
  }
}

async function tableAt(path: string, label: string | undefined): Promise<Support> {
  const table = await labelledRows(path, label === undefined ? {} : { label })
  const classes = new Map<string, Item[]>()
  for (const { label: own, where, content } of table.rows) {
    const item = { name: where, input: content }
    const known = classes.get(own)
    if (known) known.push(item)
    else classes.set(own, [item])
  }
  return {
    kind: table.kind,
    classes: [...classes].map(([own, items]) => ({ label: own, items })),
    notes: table.notes,
    table,
  }
}

function tooFewClasses(path: string, { kind, classes }: Pick<Support, 'kind' | 'classes'>) {
  const folders = kind === 'pictures'
  const [one, many] = folders ? ['one folder', 'no folders'] : ['one class', 'no classes']
  return new KshotError('classify/too-few-classes', {
    got: `${classes.length === 1 ? one : many} in ${path}`,
    expected: folders
      ? 'at least two folders of pictures, one per class'
      : 'examples of at least two classes',
    remedy: folders
      ? `Lay them out as ${basename(path)}/<label>/<picture>.png`
      : 'Add examples of another class, or name the column of the class with --label',
  })
}
