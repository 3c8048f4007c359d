import { isKshotError, KshotError } from '@kshot/core'
import { csv, json, latex, markdown, type Table, tablesOf } from '@kshot/results'
import { learningOf, loadSources } from './load'
import { type Example, examplesOf } from './pictures'
import { published } from './published'

export const FORMATS = ['html', 'md', 'csv', 'json', 'latex', 'svg'] as const
export type Format = (typeof FORMATS)[number]

export interface ReportJob {
  /** Folders and files with results. */
  readonly paths: readonly string[]
  readonly format: Format
  readonly title?: string | undefined
  /** Where data sets lie, for the pictures. */
  readonly data: string | undefined
  /** As it is shown in the page. */
  readonly command: string
  /** What a person may want to know: pictures that are left out. */
  readonly note: (text: string) => void
}

/**
 * The report of some results as one text. Pages and pictures are imported where they are made: what
 * draws them takes longer to load than most commands run.
 * @throws what loading the results throws; `usage/other-episodes`, `usage/no-picture`
 */
export async function report(job: ReportJob): Promise<string> {
  const sources = await loadSources(job.paths)
  const [only, ...others] = sources
  if (job.format === 'svg' && only?.run && others.length === 0) {
    return (await import('./page/picture')).learningPicture(learningOf(only.path))
  }
  const tables = tablesOf(sources, published())
  switch (job.format) {
    case 'html':
      return htmlPage(tables, job)
    case 'md':
      return markdown(tables)
    case 'csv':
      return csv(tables)
    case 'json':
      return json(tables)
    case 'latex':
      return latex(tables)
    case 'svg':
      return (await import('./page/picture')).picture(tables)
  }
}

async function htmlPage(tables: readonly Table[], job: ReportJob): Promise<string> {
  const examples = new Map<string, readonly Example[]>()
  for (const table of tables) examples.set(table.id, await examplesOrNone(table, job))
  const { page, titleOf } = await import('./page/page')
  return page(tables, { title: job.title ?? titleOf(tables), command: job.command, examples })
}

/** A page without pictures is better than none: the data may lie on another machine. */
async function examplesOrNone(table: Table, { data, note }: ReportJob): Promise<Example[]> {
  try {
    return await examplesOf(table, data)
  } catch (error) {
    if (!isKshotError(error)) throw error
    note(`no example episodes of ${table.title}: ${error.got}. ${error.remedy}`)
    return []
  }
}

/**
 * The format that a file's ending stands for.
 * @throws `usage/unknown-format`
 */
export function formatOf(out: string | undefined): Format {
  const ending = out?.match(/\.(\w+)$/)?.[1]?.toLowerCase()
  const known: { readonly [ending: string]: Format } = {
    html: 'html',
    htm: 'html',
    md: 'md',
    csv: 'csv',
    json: 'json',
    tex: 'latex',
    svg: 'svg',
  }
  if (out === undefined) return 'html'
  if (ending && known[ending]) return known[ending]
  throw new KshotError('usage/unknown-format', {
    got: `-o ${out}`,
    expected: `a file that ends in ${Object.keys(known)
      .map((e) => `.${e}`)
      .join(', ')}`,
    remedy: `Or name the format: --format ${FORMATS.join('|')}`,
  })
}
