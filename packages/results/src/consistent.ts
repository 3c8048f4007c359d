import { KshotError } from '@kshot/core'
import { largest, smallest } from './number-or-range'
import type { DoneRow } from './row'
import { moments } from './statistics'

/** Scores are summed as float32 where they are measured. */
const ACCURACY_TOLERANCE = 1e-5
const INTERVAL_TOLERANCE = 1e-4

/**
 * Checks that a row's numbers follow from its scores: nobody should rank a number that was edited,
 * or that came from a repaired file.
 * @throws `results/contradiction`
 */
export function checkConsistent(row: DoneRow, where: string): void {
  const found = contradiction(row)
  if (found !== undefined) throw contradicting(where, found)
}

/** Queries of a test episode: the numbers that there may be, from the least. */
export function queriesOf({ ways, queries }: DoneRow['setting']): number[] {
  const [least, most] = [smallest(ways ?? 1), largest(ways ?? 1)]
  return Array.from({ length: most - least + 1 }, (_, i) => (least + i) * queries)
}

/** The least number of queries of which a score is a share; undefined where it is none. */
export function queriesBehind(score: number, queries: readonly number[]): number | undefined {
  const isShare = (n: number) => Math.abs(score * n - Math.round(score * n)) <= 1e-3
  return score <= 1 ? queries.find(isShare) : undefined
}

export function contradicting(where: string, found: string): KshotError {
  return new KshotError('results/contradiction', {
    got: `${where}: ${found}`,
    expected: 'a row whose accuracy, interval and counts follow from its scores',
    remedy: 'Restore the original row, or rerun its cell with npx kshot leaderboard --resume',
  })
}

function contradiction({ scores, test, setting, predictions, confusion }: DoneRow) {
  const queries = queriesOf(setting)
  if (scores.length !== test.episodes) {
    return `${scores.length} scores, but test.episodes is ${test.episodes}`
  }
  return (
    wrongScore(scores, queries) ??
    wrongInterval(scores, test) ??
    wrongPredictions(predictions, test.episodes, setting.queries, queries) ??
    (confusion && wrongConfusion(confusion, scores, queries))
  )
}

function wrongScore(scores: readonly number[], queries: readonly number[]): string | undefined {
  const odd = scores.findIndex((score) => queriesBehind(score, queries) === undefined)
  if (odd < 0) return undefined
  return `the score ${scores[odd]} of episode ${odd}, which is not a fraction of ${fromTo(queries)} queries`
}

/** `75`, `15 to 75` */
function fromTo(numbers: readonly number[]): string {
  return numbers.length === 1 ? `${numbers[0]}` : `${numbers[0]} to ${numbers.at(-1)}`
}

function wrongInterval(
  scores: readonly number[],
  { accuracy, interval }: DoneRow['test'],
): string | undefined {
  const { mean, error } = moments(scores)
  // As few-shot papers print it, and as a result has it.
  const halfWidth = 1.96 * error
  if (!near(accuracy, mean, ACCURACY_TOLERANCE)) {
    return `test.accuracy ${accuracy}, but the mean of its scores is ${mean}`
  }
  const [low, high] = interval
  if (Number.isNaN(halfWidth)) return undefined
  const same =
    near(low, mean - halfWidth, INTERVAL_TOLERANCE) &&
    near(high, mean + halfWidth, INTERVAL_TOLERANCE)
  if (same) return undefined
  return `test.interval ${low} to ${high}, but that of its scores is ${mean - halfWidth} to ${mean + halfWidth}`
}

function wrongPredictions(
  { episodes, labels }: DoneRow['predictions'],
  tested: number,
  each: number,
  queries: readonly number[],
): string | undefined {
  if (labels.length !== episodes || episodes > tested) {
    return `predictions of ${labels.length} episodes, where predictions.episodes is ${episodes} and test.episodes ${tested}`
  }
  const odd = labels.findIndex((one) => {
    const ways = one.length / each
    return !queries.includes(one.length) || one.some((label) => label >= ways)
  })
  if (odd < 0) return undefined
  const below = fromTo(queries.map((n) => n / each))
  return `predictions of episode ${odd} that are not ${fromTo(queries)} labels below ${below}`
}

function wrongConfusion(
  { groups, counts }: NonNullable<DoneRow['confusion']>,
  scores: readonly number[],
  queries: readonly number[],
): string | undefined {
  const square =
    counts.length === groups.length && counts.every((line) => line.length === groups.length)
  if (!square) return `a confusion whose counts are not a table of ${groups.length} groups`
  const total = counts.flat().reduce((sum, n) => sum + n, 0)
  const ends = [queries[0]!, queries.at(-1)!].map((n) => scores.length * n)
  if (total < ends[0]! || total > ends[1]!) {
    const all = fromTo([...new Set(ends)])
    return `a confusion of ${total} queries, where ${all} were tested`
  }
  const own = counts.reduce((sum, line, i) => sum + line[i]!, 0)
  const right = Math.round(scores.reduce((sum, score) => sum + score, 0) * queries[0]!)
  if (own >= right) return undefined
  return `a confusion with ${own} queries in their own group, where ${right} were right`
}

function near(a: number, b: number, tolerance: number): boolean {
  return Math.abs(a - b) <= tolerance
}
