import {
  allPrintable,
  type Compared,
  count,
  gapText,
  plusMinus,
  pText,
  SEEDS_FOR_CLAIMS,
  seedsText,
} from '@kshot/results'
import Table from 'cli-table3'
import { coloursOf } from '../terminal/text'

/** A comparison for people: a line a learner, then a line a pair. */
export function comparedTable(results: Compared, stream: NodeJS.WriteStream): string {
  const { bold, dim } = coloursOf(stream)
  const compared = allPrintable(results)
  const { title, episodes, ranking } = compared
  const style = { head: [], border: [] }
  const head = (...titles: string[]) => titles.map((text) => dim(text))
  const ranks = new Table({ head: head('#', 'learner', 'accuracy, %', 'seeds'), style })
  for (const ranked of ranking.ranked) {
    const { mean, halfWidth } = ranked.overEpisodes
    ranks.push([ranked.rank, ranked.name, plusMinus(mean, halfWidth), seedsText({ ranked })])
  }
  const pairs = new Table({ head: head('pair', 'difference, points', 'p (Holm)', ''), style })
  for (const { first, second, ...gap } of ranking.comparisons) {
    const text = gapText(gap)
    const p = pText(gap.adjustedP).replace('p = ', '').replace('p ', '')
    pairs.push([`${first} − ${second}`, text, p, gap.significant ? bold('significant') : 'tie'])
  }
  return [
    bold(`${title}, ${count(episodes)} test episodes`),
    ranks.toString(),
    pairs.toString(),
    dim('paired t tests over the same episodes; accuracies and differences with 95 % t intervals'),
    dim(claim(compared)),
    '',
  ].join('\n')
}

function claim({ ranking, learners }: Compared): string {
  if (ranking.claim === 'checkpoints') {
    return `holds for these checkpoints and seeds; claims about learners need ${SEEDS_FOR_CLAIMS} seeds or more`
  }
  const over = ranking.comparisons.map(({ first, second, overSeeds }) => {
    const { difference, adjustedP } = overSeeds!
    return `${first} − ${second}: ${gapText({ difference, adjustedP, significant: false })}, ${pText(adjustedP)}`
  })
  return `over ${learners[0]!.rows.length} seeds: ${over.join('; ')}`
}
