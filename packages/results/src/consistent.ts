import { KshotError } from '@kshot/core'
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

/** Queries of a test episode. */
export function queriesOf({ ways, queries }: DoneRow['setting']): number {
  return (ways ?? 1) * queries
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
    wrongPredictions(predictions, test.episodes, setting.ways ?? 1, queries) ??
    (confusion && wrongConfusion(confusion, scores, queries))
  )
}

function wrongScore(scores: readonly number[], queries: number): string | undefined {
  const odd = scores.findIndex((score) => {
    const right = score * queries
    return score > 1 || Math.abs(right - Math.round(right)) > 1e-3
  })
  if (odd < 0) return undefined
  return `the score ${scores[odd]} of episode ${odd}, which is not a fraction of ${queries} queries`
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
  ways: number,
  queries: number,
): string | undefined {
  if (labels.length !== episodes || episodes > tested) {
    return `predictions of ${labels.length} episodes, where predictions.episodes is ${episodes} and test.episodes ${tested}`
  }
  const odd = labels.findIndex(
    (one) => one.length !== queries || one.some((label) => label >= ways),
  )
  if (odd < 0) return undefined
  return `predictions of episode ${odd} that are not ${queries} labels below ${ways}`
}

function wrongConfusion(
  { groups, counts }: NonNullable<DoneRow['confusion']>,
  scores: readonly number[],
  queries: number,
): string | undefined {
  const square =
    counts.length === groups.length && counts.every((line) => line.length === groups.length)
  if (!square) return `a confusion whose counts are not a table of ${groups.length} groups`
  const total = counts.flat().reduce((sum, n) => sum + n, 0)
  const all = scores.length * queries
  if (total !== all) return `a confusion of ${total} queries, where ${all} were tested`
  const own = counts.reduce((sum, line, i) => sum + line[i]!, 0)
  const right = Math.round(scores.reduce((sum, score) => sum + score, 0) * queries)
  if (own >= right) return undefined
  return `a confusion with ${own} queries in their own group, where ${right} were right`
}

function near(a: number, b: number, tolerance: number): boolean {
  return Math.abs(a - b) <= tolerance
}
