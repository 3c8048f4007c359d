import { KshotError } from '@kshot/core'
import type { z } from 'zod'
import { checkConsistent, contradicting, queriesBehind, queriesOf } from './consistent'
import { parseJson } from './json-text'
import { type DoneRow, isDone, type Row } from './row'
import { type PackedScores, rowSchema } from './schema'

/** Rows in the order in which they are written: setting, budget, learner, backend, seed. */
export function sorted(rows: readonly Row[]): Row[] {
  const key = ({ cell }: Row) => [cell.setting, cell.budget.by, cell.learner, cell.backend]
  const order = (a: Row, b: Row) => {
    const [left, right] = [key(a).join('\0'), key(b).join('\0')]
    return left === right ? a.cell.seed - b.cell.seed : left < right ? -1 : 1
  }
  return [...rows].sort(order)
}

/** A `results.jsonl`: the sorted rows, one per line. */
export function resultsText(rows: readonly Row[]): string {
  return sorted(rows)
    .map((row) => `${rowText(row)}\n`)
    .join('')
}

/** A row as one line of JSON. */
export function rowText(row: Row): string {
  return JSON.stringify(isDone(row) ? { ...row, scores: packed(row) } : row)
}

/**
 * The rows of a `results.jsonl`.
 * @param where what errors call the text
 * @throws `results/damaged` naming the line
 * @example parseResults(await (await fetch('results.jsonl')).text())
 */
export function parseResults(text: string, where = 'results.jsonl'): Row[] {
  const lines = text.replace(/^\ufeff/, '').split('\n')
  return lines.flatMap((line, i) =>
    line.trim() === '' ? [] : [parseRow(line, `${where}, line ${i + 1}`)],
  )
}

/**
 * A row from its line, with every key that the line has.
 * @throws `results/damaged` if it is not a row, or contradicts its scores
 */
export function parseRow(line: string, where: string): Row {
  const value = jsonOf(line, where)
  const { error } = rowSchema.safeParse(value)
  if (error) throw damaged(where, wordsOf(error.issues[0]!, value))
  const row = value as Exclude<Row, DoneRow> | (DoneRow & { readonly scores: PackedScores })
  if (row.status === 'failed') return row
  const queries = queriesOf(row.setting)
  const odd = [row.scores.of].flat().find((of) => !queries.includes(of))
  if (odd !== undefined)
    throw contradicting(where, `scores of ${odd} queries but an episode has ${queries.join()}`)
  const whole = { ...row, scores: unpacked(row.scores) }
  checkConsistent(whole, where)
  return whole
}

function jsonOf(line: string, where: string): unknown {
  try {
    return parseJson(line)
  } catch (cause) {
    throw damaged(where, `${(cause as Error).message}: ${line.slice(0, 60)}…`)
  }
}

/** The first thing that is wrong with a row, of the kind that it says it is. */
function wordsOf(issue: z.core.$ZodIssue, value: unknown): string {
  if (issue.code !== 'invalid_union') {
    return `'${issue.path.join('.') || 'the row'}': ${issue.message}`
  }
  const failed = (value as { readonly status?: unknown } | null)?.status === 'failed'
  const [first] = issue.errors[failed ? 1 : 0] ?? []
  if (!first) return issue.message
  return wordsOf({ ...first, path: [...issue.path, ...first.path] }, value)
}

function packed({ scores, setting }: DoneRow): PackedScores {
  const queries = queriesOf(setting)
  const [of, more] = queries
  if (more === undefined) return { of: of!, right: scores.map((score) => Math.round(score * of!)) }
  const each = scores.map((score) => queriesBehind(score, queries) ?? queries.at(-1)!)
  return { of: each, right: scores.map((score, i) => Math.round(score * each[i]!)) }
}

function unpacked({ of, right }: PackedScores): number[] {
  return right.map((n, i) => n / (typeof of === 'number' ? of : of[i]!))
}

/** A row without values that differ between two runs of the same configuration: times, memory, places. */
export function withoutTimes(row: Row): unknown {
  if (!isDone(row)) return row
  const { measured: _, costs, checkpoint: __, train, curve, ...rest } = row
  const { seconds: ___, ...counts } = train
  return {
    ...rest,
    train: counts,
    curve: curve.map(({ seconds: _, ...point }) => point),
    parameters: costs.parameters,
  }
}

export function damaged(where: string, why: string): KshotError {
  return new KshotError('results/damaged', {
    got: `${where}: ${why}`,
    expected: "a row of a leaderboard, with 'cell' and 'status', as written by kshot leaderboard",
    remedy: 'Write the file again with npx kshot leaderboard --resume',
  })
}
