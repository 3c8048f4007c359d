import { stat } from 'node:fs/promises'
import { relative } from 'node:path'
import { KshotError } from '@kshot/core'
import type { Splits, Understood } from '@kshot/episodes'
import { imageFolder, textFile, vectorFile } from '@kshot/episodes/node'
import { count } from '@kshot/results'
import { type Duplicates, duplicatesIn } from './duplicates'

export interface InspectJob {
  /** A folder of pictures, or a table. */
  readonly path: string
  /** By default pictures of a folder, texts of a table with a column `text`, else vectors. */
  readonly kind: 'images' | 'vectors' | 'texts' | undefined
  readonly label: string | undefined
}

/** What a data set is: its splits, its classes, what was taken, and what is wrong with it. */
export interface Inspected {
  readonly path: string
  readonly kind: 'images' | 'vectors' | 'texts'
  /** Shape of one example. */
  readonly shape: readonly number[]
  readonly understood: Understood
  readonly splits: {
    readonly [split: string]: readonly { readonly id: string; readonly size: number }[]
  }
  readonly duplicates: readonly Duplicates[]
  /** Sentences for people. */
  readonly problems: readonly string[]
}

/**
 * Reads a data set as a run would, but leaves out and names what a run would stop at: pictures that can't
 * be read, classes without any.
 * @returns what it is, and the data itself
 * @throws what reading throws
 */
export async function inspect(job: InspectJob): Promise<{ inspected: Inspected; data: Splits }> {
  const { path } = job
  const found = await stat(path).catch((cause) => {
    throw new KshotError('usage/no-data', {
      got: `${path}: ${(cause as Error).message}`,
      expected: 'a folder of pictures, or a table of vectors or texts',
      remedy: 'Check the path',
      cause,
    })
  })
  const { kind, data } = found.isDirectory() ? await pictures(path) : await table(job)
  const { train, validation, test } = data
  const sizes = ({ classes }: Splits['train']) => classes.map(({ id, size }) => ({ id, size }))
  const splits = { train: sizes(train), validation: sizes(validation), test: sizes(test) }
  const duplicates = duplicatesIn(data)
  const understood = data.understood!
  const problems = problemsOf({ path, understood, splits, duplicates })
  return {
    inspected: { path, kind, shape: train.shape, understood, splits, duplicates, problems },
    data,
  }
}

async function pictures(path: string) {
  const data = await imageFolder(path, { onBroken: 'skip', minImages: 1 })
  return { kind: 'images', data } as const
}

async function table({ path, kind, label }: InspectJob) {
  const options = label === undefined ? {} : { label }
  const vectors = { ...options, standardise: false }
  if (kind === 'texts') return { kind, data: await textFile(path, options) } as const
  if (kind === 'vectors') return { kind, data: await vectorFile(path, vectors) } as const
  // A table with a column of that name; what is wrong with any other table, its numbers tell.
  const texts = await textFile(path, options).catch(() => undefined)
  if (texts) return { kind: 'texts', data: texts } as const
  return { kind: 'vectors', data: await vectorFile(path, vectors) } as const
}

/** So many are named. */
const NAMED = 3

function problemsOf({
  path,
  understood,
  splits,
  duplicates,
}: Pick<Inspected, 'path' | 'understood' | 'splits' | 'duplicates'>): string[] {
  const classes = Object.values(splits).flat()
  if (classes.length === 0) return ['nothing in it can be read']
  const problems: string[] = []
  const few = Object.entries(splits).filter(([, own]) => own.length < 2)
  if (few.length > 0) {
    const list = few.map(([name, own]) => `${name} ${own.length}`)
    problems.push(
      `fewer than two classes in ${list.join(', ')}: too few to train and test on; kshot classify and learners without training use all classes`,
    )
  }
  const lone = classes.filter(({ size }) => size < 2)
  if (lone.length > 0) {
    problems.push(
      `${plural(lone.length, 'class', 'classes')} with one example only, none left to ask for: ${named(lone.map(({ id }) => id))}`,
    )
  }
  const sizes = classes.map(({ size }) => size)
  const [least, most] = [Math.min(...sizes), Math.max(...sizes)]
  if (most >= 10 * least) {
    problems.push(`classes of ${count(least)} to ${count(most)} examples: episodes take as many as the smallest allows`)
  }
  return [...problems, ...unreadProblems(path, understood), ...duplicateProblems(path, duplicates)]
}

function unreadProblems(path: string, { broken }: Understood): string[] {
  const reasons = new Map<string, string[]>()
  for (const { file, reason } of broken) {
    reasons.set(reason, [...(reasons.get(reason) ?? []), relative(path, file)])
  }
  return [...reasons].map(
    ([reason, files]) => `${plural(files.length, 'picture')} unreadable (${reason}): ${named(files)}`,
  )
}

function duplicateProblems(path: string, duplicates: readonly Duplicates[]): string[] {
  const within = duplicates.filter(({ acrossClasses }) => !acrossClasses)
  const across = duplicates.filter(({ acrossClasses }) => acrossClasses)
  const short = (place: string) => (place.startsWith(`${path}/`) ? relative(path, place) : place)
  const pairs = (sets: readonly Duplicates[]) =>
    named(
      sets.map(({ examples }) => named(examples.map(({ place }) => short(place)), 2, ' = ')),
      NAMED,
      '; ',
    )
  const extra = within.reduce((sum, { examples }) => sum + examples.length - 1, 0)
  return [
    ...(across.length > 0
      ? [`${plural(across.length, 'example')} in more than one class: ${pairs(across)}`]
      : []),
    ...(extra > 0
      ? [`${plural(extra, 'example')} that repeat another of their class: ${pairs(within)}`]
      : []),
  ]
}

function plural(n: number, one: string, many = `${one}s`): string {
  return `${count(n)} ${n === 1 ? one : many}`
}

function named(items: readonly string[], most = NAMED, comma = ', '): string {
  const more = items.length - most
  const list = items.slice(0, most).join(comma)
  return more > 0 ? `${list} and ${count(more)} more` : list
}
