import { gap, type Line, type Table } from './tables'

/** So many losers are named. */
const NAMED = 4

/**
 * In words, where learners that were trained lose to one that was not: what was spent on them was wasted
 * there. Undefined where nothing of the kind is to be said.
 */
export function untrainedText({
  lines,
  ranking,
}: Pick<Table, 'lines' | 'ranking'>): string | undefined {
  const best = lines.find(isUntrained)
  if (!best) return undefined
  const trained = lines.filter((line) => !isUntrained(line))
  const losers = trained.filter(({ name }) => {
    const { difference, significant } = gap(ranking.comparisons, best.name, name)
    return significant && difference.mean > 0
  })
  if (losers.length === 0) return undefined
  const all = losers.length === trained.length
  const words = `${best.name}, which is not trained, does better than ${listed(losers)}`
  return all ? `Training did not help here: ${words}.` : `Not trained, and yet ahead: ${words}.`
}

function isUntrained({ costs }: Line): boolean {
  return costs.trainImages === 0
}

function listed(lines: readonly Line[]): string {
  const names = lines.map(({ name }) => name)
  if (names.length > NAMED) {
    return `${names.slice(0, NAMED - 1).join(', ')} and ${names.length - NAMED + 1} more`
  }
  return names.length === 1 ? names[0]! : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}
