import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { isPicture, rowsLike } from '@kshot/episodes/node'
import { badUse, noPictures } from './errors'
import type { Item, Support } from './support'

export interface Asked {
  /** Pictures and folders of them; tables; files of texts; `-`: texts on stdin. */
  readonly paths: readonly string[]
  /** Texts of the command line. */
  readonly texts: readonly string[]
  /** What `-` stands for. */
  readonly stdin: () => Promise<string>
}

/**
 * What is to be labelled, of the kind that the examples are.
 * @throws `classify/no-pictures`, `usage/classify`, and what reading tables throws
 */
export async function readQueries(
  support: Support,
  { paths, texts, stdin }: Asked,
): Promise<Item[]> {
  const { kind } = support
  if (texts.length > 0 && kind !== 'texts') {
    throw badUse('--text', `queries that are ${kind}, as the examples are`, 'Pass files')
  }
  const typed = texts.map((text) => ({ name: text, input: text }))
  const read = { pictures: picturesAt, texts: textsAt, vectors: rowsAt }[kind]
  const lists: Item[][] = []
  for (const path of paths) lists.push(await read(path, support, stdin))
  const all = [...typed, ...lists.flat()]
  if (all.length === 0 && kind === 'pictures') throw noPictures(paths.join(', '))
  return all
}

/** The pictures of a folder, and of those in it, by name; a file is taken for a picture, whatever it is called. */
async function picturesAt(path: string): Promise<Item[]> {
  if (path === '-') throw badUse("'-'", 'texts on stdin, and pictures in files', 'Pass files')
  const found = await stat(path).catch((cause) => {
    throw noPictures(path, cause)
  })
  if (!found.isDirectory()) return [{ name: path, input: path }]
  const names = (await readdir(path)).filter((name) => !name.startsWith('.')).sort()
  const lists: Item[][] = []
  for (const name of names) {
    const inner = join(path, name)
    if (isPicture(name)) lists.push([{ name: inner, input: inner }])
    else if ((await stat(inner)).isDirectory()) lists.push(await picturesAt(inner))
  }
  return lists.flat()
}

const TABLE = /\.(csv|tsv|tab|jsonl|ndjson|json)$/i

async function textsAt(path: string, { table }: Support, stdin: Asked['stdin']): Promise<Item[]> {
  if (path !== '-' && TABLE.test(path)) return itemsOf(await rowsLike(path, table!))
  const text = path === '-' ? await stdin() : await readText(path)
  const lines = text.replace(/^\ufeff/, '').split(/\r?\n/)
  return lines.filter((line) => line.trim() !== '').map((line) => ({ name: line, input: line }))
}

async function readText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((cause) => {
    throw badUse(
      `${path}: ${(cause as Error).message}`,
      'a file with a text a line, a table of texts, or - for stdin',
      'Check the path; one text alone is passed with --text',
    )
  })
}

async function rowsAt(path: string, { table }: Support): Promise<Item[]> {
  if (path === '-') throw badUse("'-'", 'texts on stdin, and numbers in files', 'Pass a table')
  return itemsOf(await rowsLike(path, table!))
}

function itemsOf(rows: Awaited<ReturnType<typeof rowsLike>>): Item[] {
  return rows.map(({ where, content }) => ({
    name: typeof content === 'string' ? content : where,
    input: content,
  }))
}
