import {
  allPrintable,
  count,
  type DoneRow,
  type Line,
  printable,
  queriesName,
  type Table,
} from '@kshot/results'
import type { Example } from '../pictures'
import { confusionCharts } from './confusion'
import { learningCurves } from './curves'
import { differenceCharts } from './differences'
import { exampleEpisodes } from './examples'
import { failures } from './failures'
import { leaderboard, legend, notes } from './leaderboard'
import { type Html, html, raw } from './markup'
import { pairs } from './pairs'
import { type Look, looksOf } from './palette'
import { papers } from './papers'
import { facts, provenance } from './provenance'
import { costCharts } from './scatter'
import { settingCharts } from './settings'
import { STYLE } from './style'

export interface PageOptions {
  readonly title: string
  /** What has made the page. */
  readonly command: string
  /** By the id of the table. */
  readonly examples: ReadonlyMap<string, readonly Example[]>
}

/** All of a report as one page that needs nothing else: no script, no font, no picture from elsewhere. */
export function page(results: readonly Table[], options: PageOptions): string {
  const tables = allPrintable(results)
  const examples = new Map(
    [...options.examples].map(([id, list]) => [printable(id), allPrintable(list)]),
  )
  const looks = looksOf([...new Set(tables.flatMap(({ lines }) => lines.map(({ name }) => name)))])
  const rows = tables.flatMap(({ lines }) => lines.flatMap((line) => line.rows))
  const body = html`<header><h1>${options.title}</h1><p class="lead">${summary(tables, rows)}</p>
${rows.length > 0 && facts(rows)}${tables.length > 1 && contents(tables)}</header>
<main>${tables.map((table) => section(table, looks, examples.get(table.id) ?? []))}
${acrossSettings(tables, looks)}
${rows.length > 0 && provenance(tables, options.command)}</main>
<footer><p>Made with kshot. Accuracy is the fraction of correct answers in test episodes, on classes never seen in training.</p></footer>`
  const { html: text } = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta name="color-scheme" content="light dark"><title>${options.title}</title><style>${raw(STYLE)}</style></head>
<body>${body}</body></html>
`
  return text
}

/** `glyphs: 4 learners in 3 settings`. */
export function titleOf(tables: readonly Table[]): string {
  const titles = new Set(tables.map(({ title }) => title))
  if (titles.size === 1) return `Few-shot leaderboard: ${[...titles][0]}`
  const datasets = new Set(tables.flatMap(({ setting }) => (setting ? [setting.dataset] : [])))
  return `Few-shot leaderboards: ${[...datasets].join(', ')}`
}

function summary(tables: readonly Table[], rows: readonly DoneRow[]): string {
  const learners = new Set(tables.flatMap(({ lines }) => lines.map(({ name }) => name))).size
  const episodes = new Set(rows.map(({ test }) => test.episodes))
  const failed = tables.reduce((sum, table) => sum + table.failed.length, 0)
  const parts = [
    `${learners} ${learners === 1 ? 'learner' : 'learners'}`,
    ...(tables.length > 1 ? [`${tables.length} tables`] : []),
    `${rows.length} ${rows.length === 1 ? 'run' : 'runs'}`,
    ...(failed > 0 ? [`${failed} failed`] : []),
  ]
  const each = [...episodes].map(count).join(' or ')
  return `${parts.join(', ')}; within a table, all learners were tested on the same ${each} episodes.`
}

function contents(tables: readonly Table[]): Html {
  const links = tables.map(({ id, title, budget }) => {
    return html`<li><a href="#${id}">${title}${budget.by === 'seconds' && ', by time'}</a></li>`
  })
  return html`<nav aria-label="Settings"><ul>${links}<li><a href="#provenance">Provenance</a></li></ul></nav>`
}

type Looks = ReadonlyMap<string, Look>

function section(table: Table, looks: Looks, examples: readonly Example[]): Html {
  const { id, title, lines, budget } = table
  const key = legend(
    lines.map(({ name }) => name),
    looks,
  )
  const charts: readonly (Html | false | undefined)[] = [
    grid('Accuracy against cost', costCharts(lines, looks), key, lines.length > 8 ? 'two' : ''),
    titled('Learning', learningCurves(lines, looks)),
    titled('Differences, episode by episode', differenceCharts(lines, looks)),
    titled(confusionTitle(lines), confusionCharts(lines)),
    examples.length > 0 && titled('Example episodes', exampleEpisodes(examples, looks)),
  ]
  return html`<section id="${id}"><h2>${title}${budget.by === 'seconds' && ', trained for the same time'}</h2>
${about(table)}${leaderboard(table, looks)}${notes(table)}${pairs(table)}${papers(table)}${failures(table)}${charts}</section>`
}

function about({ setting, lines, budget }: Table): Html | undefined {
  const [row] = lines[0]?.rows ?? []
  if (!setting || !row) return undefined
  const bound = { images: 'images', episodes: 'episodes', seconds: 'seconds' }[budget.by]
  const same = new Set(lines.flatMap(({ rows }) => rows.map(({ cell }) => cell.budget.amount)))
  const trained = same.size === 1 ? ` Trained on at most ${count([...same][0]!)} ${bound}.` : ''
  return html`<p class="meta">${count(row.test.episodes)} test episodes, ${queriesName(setting)}, split ${setting.split}.${trained}</p>`
}

function confusionTitle(lines: readonly Line[]): string {
  const [row] = lines[0]?.rows ?? []
  const groups = { glyphs: 'scripts', omniglot: 'alphabets' }[row?.setting.dataset ?? '']
  return groups ? `Confusion among ${groups}` : 'Confusion'
}

function titled(title: string, content: Html | undefined): Html | undefined {
  return content && html`<h3>${title}</h3>${content}`
}

function grid(title: string, charts: readonly Html[], before?: Html, kind = ''): Html | undefined {
  if (charts.length === 0) return undefined
  return html`<h3>${title}</h3>${before}<div class="grid ${kind}">${charts}</div>`
}

function acrossSettings(tables: readonly Table[], looks: Looks): Html | undefined {
  const charts = settingCharts(tables, looks)
  if (charts.length === 0) return undefined
  return html`<section id="settings"><h2>Across settings</h2>${grid('Accuracy against shot and way', charts)}</section>`
}
