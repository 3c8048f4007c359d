import {
  accuracyText,
  count,
  EPISODES_FOR_A_RANKING,
  firm,
  gapText,
  insideText,
  type Line,
  msText,
  type PublishedComparison,
  paperNumber,
  pText,
  SEEDS_FOR_CLAIMS,
  shortSign,
  spreadText,
  type Table,
  trainTimeText,
  untrainedText,
} from '@kshot/results'
import { type Html, html, raw } from './markup'
import { type Look, symbolPath } from './palette'

type Looks = ReadonlyMap<string, Look>

const COLUMNS = [
  ['#', 'rank'],
  ['Learner', 'name'],
  ['Accuracy, %', 'accuracy'],
  ['vs. best', 'gap'],
  ['Seeds', 'seeds'],
  ['Training', 'training'],
  ['Time per task', 'task'],
  ['Parameters', 'parameters'],
  ['Paper', 'paper'],
] as const

/** The ranking as a table; on a phone each line becomes a card. */
export function leaderboard(table: Table, looks: Looks): Html {
  if (table.lines.length === 0) return html``
  const columns = COLUMNS.filter(
    ([, key]) =>
      (key !== 'paper' || table.lines.some(({ paper }) => paper)) &&
      (key !== 'gap' || table.lines.length > 1),
  )
  const domain = domainOf(table.lines)
  const heads = columns.map(
    ([title, key]) => html`<th scope="col" role="columnheader" class="${key}">${title}</th>`,
  )
  const rows = table.lines.map((line) => {
    const cells = columns.map(([title, key]) => {
      const kind = key === 'paper' && !line.paper ? 'paper none' : key
      return cellOf(kind, title, CELLS[key](line, looks, domain))
    })
    return html`<tr role="row">${cells}</tr>`
  })
  return html`<table class="leaderboard" role="table">
<caption class="hidden">Leaderboard of ${table.title}</caption>
<thead role="rowgroup"><tr role="row">${heads}</tr></thead>
<tbody role="rowgroup">${rows}</tbody></table>`
}

function cellOf(key: string, title: string, content: Html): Html {
  if (key === 'name') return html`<th scope="row" role="rowheader" class="name">${content}</th>`
  return html`<td role="cell" class="${key}" data-label="${title}">${content}</td>`
}

type Domain = readonly [low: number, high: number]

const CELLS: {
  readonly [key in (typeof COLUMNS)[number][1]]: (line: Line, looks: Looks, domain: Domain) => Html
} = {
  rank: ({ ranked }) => html`${ranked.rank}`,
  name: (
    line,
    looks,
  ) => html`${swatch(looks.get(line.name)!)}<span class="who"><span class="title">${line.name}</span>
${line.detail && html`<span class="detail">${line.detail}</span>`}${line.differs.map((condition) => html`<span class="mark">≠ ${condition}</span>`)}</span>`,
  accuracy: (line, _, domain) =>
    html`<span class="value">${accuracyText(line)}</span>${strip(line, domain)}`,
  gap: ({ toBest }) =>
    toBest
      ? html`<span class="value${toBest.significant ? ' significant' : ''}">${gapText(toBest)}</span><span class="sub">${firm(pText(toBest.adjustedP))}</span>`
      : html`<span class="sub">best</span>`,
  seeds: ({ ranked }) =>
    html`<span class="value">${ranked.seeds}</span>${
      ranked.overSeeds && html`<span class="sub">${firm(spreadText(ranked))}</span>`
    }`,
  training: (line) =>
    html`<span class="value">${trainTimeText(line)}</span><span class="sub">${count(Math.round(line.costs.trainImages))} images</span>`,
  task: ({ costs }) => html`<span class="value">${msText(costs.adaptPredictMs)}</span>`,
  parameters: ({ costs }) =>
    html`<span class="value">${count(Math.round(costs.parameters))}</span>`,
  paper: ({ paper }) => paperCell(paper),
}

function paperCell(paper: PublishedComparison | undefined): Html {
  if (!paper) return html`<span class="sub">–</span>`
  const about = `${paper.paper}; ${paper.source}`
  return html`<span class="value" title="${about}">${paperNumber(paper)}</span><span class="sub">${shortSign(paper)}${insideText(paper)}</span>`
}

/** A learner's symbol in its colour. */
export function swatch({ colour, symbol, dashed }: Look): Html {
  const tail = dashed ? ' stroke-dasharray="3 2"' : ''
  return raw(
    `<svg class="swatch" viewBox="0 0 22 14" width="22" height="14" aria-hidden="true"><path d="M0,7H22" stroke="${colour}" stroke-width="2"${tail}/><path d="${symbolPath(symbol, 4, 11, 7)}" fill="${colour}"/></svg>`,
  )
}

/** All learners with their looks: the legend of every chart. */
export function legend(names: readonly string[], looks: Looks): Html {
  const items = names.map((name) => html`<li>${swatch(looks.get(name)!)}${name}</li>`)
  return html`<ul class="legend" aria-label="Learners">${items}</ul>`
}

function domainOf(lines: readonly Line[]): Domain {
  const ends = lines.flatMap(({ ranked }) => [
    ...ranked.overEpisodes.interval.filter((v) => !Number.isNaN(v)),
    ranked.overEpisodes.mean,
  ])
  const [low, high] = [Math.min(...ends), Math.max(...ends)]
  const room = Math.max(0.01, (high - low) * 0.06)
  return [low - room, high + room]
}

/** The interval on a line, from the lowest to the highest of the table. */
function strip({ ranked: { overEpisodes } }: Line, [low, high]: Domain): Html {
  const at = (value: number) => ((100 * (value - low)) / (high - low)).toFixed(1)
  const { mean, interval, halfWidth } = overEpisodes
  const [from, to] = Number.isNaN(halfWidth) ? [mean, mean] : interval
  return raw(
    `<svg class="strip" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true"><path d="M0,4H100" class="track"/><path d="M${at(from)},4H${at(to)}" class="range"/><path d="M${at(mean)},0V8" class="point"/></svg>`,
  )
}

/** What the numbers of a table mean, in sentences. */
export function notes(table: Table): Html {
  const { lines, ranking, budget } = table
  if (lines.length === 0) return html``
  const episodes = lines[0]!.ranked.episodes
  const few = episodes < EPISODES_FOR_A_RANKING
  const cells = Math.max(...lines.flatMap(({ rows }) => rows.map(({ costs }) => costs.cellsAtOnce)))
  const marked = lines.some(({ differs }) => differs.length > 0)
  const sentences = [
    `± is the 95 % t interval over ${count(episodes)} test episodes, each averaged over the seeds first.`,
    lines.some(({ ranked }) => ranked.overSeeds) &&
      (ranking.claim === 'learners'
        ? 'Below the number of seeds: the 95 % t interval over their accuracies.'
        : 'Below the number of seeds: the accuracies of the worst and the best.'),
    lines.length > 1 &&
      'A learner’s rank is one more than the number of learners that are significantly better (paired t tests on the same episodes, Holm-adjusted, 5 %).',
    lines.length > 1 &&
      (ranking.claim === 'checkpoints'
        ? `The ranking holds for these checkpoints and seeds; claims about learners need ${SEEDS_FOR_CLAIMS} seeds or more.`
        : 'With this many seeds, differences were also tested over the seeds: see all pairs.'),
    few && `Fewer than ${EPISODES_FOR_A_RANKING} episodes are too few for a reliable ranking.`,
    budget.by === 'seconds' &&
      'Training was limited by time, which ranks kernels as much as algorithms.',
    marked &&
      '≠ below a name: trained or tested under different conditions from most of this table.',
    cells > 1 && `Times were measured with ${cells} runs at once on one machine.`,
  ]
  const untrained = untrainedText(table)
  return html`${untrained && html`<p><b>${untrained}</b></p>`}<p class="notes">${firm(sentences.filter(Boolean).join(' '))}</p>`
}
