import {
  type AccuracyScore,
  count,
  type LakeReport,
  learnerName,
  type Result,
} from '@kshot/results'
import Table from 'cli-table3'
import { coloursOf } from '../terminal/text'

/** The errors of a learner on Lake's task beside published ones, for people. */
export function lakeTable(result: Result, lake: LakeReport, stream: NodeJS.WriteStream): string {
  const { bold, dim, yellow } = coloursOf(stream)
  const rows = new Table({
    head: ['learner', 'error in %', 'source'].map((title) => dim(title)),
    style: { head: [], border: [] },
    colAligns: ['left', 'right', 'left'],
  })
  const [low, high] = lake.interval
  const own = `${percents(lake.errorPercent)} ± ${percents((high - low) / 2)}`
  rows.push([bold(learnerName(result)), bold(own), result.checkpoint])
  for (const { name, test } of result.baselines) {
    rows.push([name, percents(100 * (1 - (test as AccuracyScore).accuracy)), ''])
  }
  for (const { name, errorPercent, source } of lake.published) {
    rows.push([name, percents(errorPercent), source])
  }
  const runs = lake.errorPercentByRun.length
  const title = `Lake’s one-shot task: 20 characters of one alphabet, ${count(runs)} runs, ${count(lake.trials)} trials`
  return [
    bold(title),
    rows.toString(),
    ...(runs <= MOST_RUNS
      ? [dim(`by run: ${lake.errorPercentByRun.map(percents).join(' ')}`)]
      : []),
    lake.runs === 'official' ? dim('Lake’s own runs') : yellow(SAMPLED),
    '',
  ].join('\n')
}

/** As many runs as Lake's; more cannot be read, and stand in the JSON. */
const MOST_RUNS = 20

const SAMPLED =
  'runs drawn within alphabets from images_evaluation, not Lake’s own (no all_runs.zip in --data): published errors come from other runs'

function percents(value: number): string {
  return value.toFixed(1)
}
