import { printedJson } from '../json-text'
import { learnerKey, protocolSign } from '../published-comparison'
import type { Line, Table } from '../tables'

/** The tables as one JSON document: fractions, not per cent; seconds. `rows` are results without their episodes. */
export function json(tables: readonly Table[]): string {
  return printedJson({ tables: tables.map(tableOf), rows: tables.flatMap(rowsOf) })
}

function tableOf({ title, setting, budget, episodeSet, ranking, lines, failed }: Table) {
  return {
    title,
    setting,
    budget: budget.by,
    episodeSet,
    claim: ranking.claim,
    ranking: lines.map(lineOf),
    comparisons: ranking.comparisons,
    failed: failed.map(({ cell, reason }) => ({ ...cell, reason })),
  }
}

function lineOf({ name, ranked, toBest, costs, differs, paper, rows }: Line) {
  const { accuracy, halfWidth, source, protocol, inside } = paper ?? {}
  return {
    rank: ranked.rank,
    name,
    key: learnerKey(rows[0]!),
    accuracy: ranked.overEpisodes.mean,
    interval: ranked.overEpisodes.interval,
    episodes: ranked.episodes,
    seeds: ranked.seeds,
    overSeeds: ranked.overSeeds ?? null,
    toBest: toBest ?? null,
    costs,
    differs,
    paper: paper
      ? { accuracy, halfWidth, source, protocol, mark: protocolSign(paper), inside: inside ?? null }
      : null,
  }
}

function rowsOf({ lines }: Table) {
  return lines.flatMap(({ name, rows }) =>
    rows.map(({ scores: _, predictions: __, curve: ___, ...row }) => ({ name, ...row })),
  )
}
