import type { NumberOrRange } from '../number-or-range'
import { allPrintable } from '../printable'
import { protocolSign } from '../published-comparison'
import type { Line, Table } from '../tables'

type Value = string | number | boolean | null | undefined

/** One line per learner and table: fractions, not per cent; seconds. */
function record(table: Table, line: Line): { readonly [column: string]: Value } {
  const { setting, budget } = table
  const { ranked, toBest, costs, paper, differs, rows } = line
  const [low, high] = ranked.overEpisodes.interval
  const { labels, backend, device, kernels, commit } = rows[0]!
  return {
    table: table.title,
    dataset: setting?.dataset,
    split: setting?.split,
    ways: setting && (setting.ways === null ? null : written(setting.ways)),
    shots: setting && written(setting.shots),
    queries: setting?.queries,
    budget: budget.by,
    rank: ranked.rank,
    learner: line.name,
    accuracy: ranked.overEpisodes.mean,
    low,
    high,
    episodes: ranked.episodes,
    seeds: ranked.seeds,
    seedsHalfWidth: ranked.overSeeds?.halfWidth,
    toBest: toBest?.difference.mean,
    toBestHalfWidth: toBest?.difference.halfWidth,
    adjustedP: toBest?.adjustedP,
    significant: toBest?.significant,
    ...costs,
    transductive: labels.transductive,
    queriesNormalisedTogether: labels.queriesNormalisedTogether,
    adaptationSteps: labels.adaptationSteps,
    trainingSplit: labels.trainingSplit,
    tuningTrials: labels.tuningTrials,
    differs: differs.join('; '),
    paper: paper?.accuracy,
    paperProtocol: paper && protocolSign(paper),
    insideInterval: paper?.inside,
    backend,
    device,
    kernels,
    commit,
    episodeSet: table.episodeSet,
  }
}

/** `3-7`, plain. */
function written(drawn: NumberOrRange): number | string {
  return typeof drawn === 'number' ? drawn : `${drawn.min}-${drawn.max}`
}

/** The lines of all tables as comma-separated values (RFC 4180), with a header. */
export function csv(tables: readonly Table[]): string {
  const records = allPrintable(tables).flatMap((table) =>
    table.lines.map((line) => record(table, line)),
  )
  if (records.length === 0) return ''
  const header = Object.keys(records[0]!)
  const lines = [header, ...records.map((one) => header.map((key) => one[key]))]
  return lines.map((line) => `${line.map(field).join(',')}\r\n`).join('')
}

function field(value: Value): string {
  const text = typeof value === 'string' ? noFormula(value) : String(value ?? '')
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** A spreadsheet takes for a formula what begins as one; `=` alone, the sign of an equal protocol, is none. */
function noFormula(text: string): string {
  return /^\s*[=+\-@＝＋－＠]/.test(text) && text !== '=' ? `'${text}` : text
}
