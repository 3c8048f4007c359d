import {
  count,
  type ErrorDifferences,
  learnerName,
  queriesName,
  type Result,
  settingName,
  stepsName,
  type TestScore,
} from '@kshot/results'
import Table from 'cli-table3'
import { executorName } from '../running/describe'
import { clock, coloursOf, percent, speed } from '../terminal/text'
import { hardestTable } from './hardest-classes'

/** A result for people: the learner beside its baselines, and what it took. */
export function table(result: Result, stream: NodeJS.WriteStream): string {
  const { bold, dim } = coloursOf(stream)
  const { setting, test, measured, train } = result
  const columns = columnsOf(test)
  const scores = new Table({
    head: ['learner', ...columns, 'episodes/s'].map((title) => dim(title)),
    style: { head: [], border: [] },
    colAligns: ['left', ...columns.map(() => 'right' as const), 'right'],
  })
  const name = bold(learnerName(result))
  scores.push([name, ...values(test).map((value) => bold(value)), speeds(measured)])
  for (const { name, test, difference } of result.baselines) {
    scores.push([name, ...values(test, difference), ''])
  }
  const title = `${settingName(setting)}, ${queriesName(setting)}, ${count(test.episodes)} test episodes on ${setting.dataset} (${setting.split})`
  return [
    bold(title),
    scores.toString(),
    ...(result.confusion ? [hardestTable(result.confusion, coloursOf(stream)) ?? []].flat() : []),
    ...notes(train, result).map((line) => dim(line)),
    '',
  ].join('\n')
}

/** One column of scores, or in a regression one for each number of inner steps. */
function columnsOf(test: TestScore): string[] {
  if ('accuracy' in test) return ['accuracy']
  return Object.keys(test.mse).map((steps) => `error after ${stepsName(Number(steps))}`)
}

/** Of a baseline's error, a dagger says that the learner's is not significantly smaller. */
function values(test: TestScore, difference?: ErrorDifferences): string[] {
  if ('accuracy' in test) {
    const [low, high] = test.interval
    return [`${(100 * test.accuracy).toFixed(2)} ± ${percent((high - low) / 2, 2)}`]
  }
  return Object.entries(test.mse).map(([steps, mse]) => {
    const [low, high] = test.interval[steps]!
    const paired = difference?.[steps]
    const mark = paired && !(paired.interval[1] < 0) ? ' †' : ''
    return `${mse.toFixed(3)} ± ${((high - low) / 2).toFixed(3)}${mark}`
  })
}

function speeds({ trainEpisodesPerSecond, testEpisodesPerSecond }: Result['measured']): string {
  const test = `${speed(testEpisodesPerSecond)} test`
  return trainEpisodesPerSecond === null ? test : `${speed(trainEpisodesPerSecond)} train\n${test}`
}

function notes(train: Result['train'], result: Result): string[] {
  const { backend, kernels, device, executor, measured } = result
  const took = train.seconds === null ? '' : ` in ${clock(train.seconds)}`
  const images = `${count(train.images)} images${took}`
  const trained =
    train.steps === 0 ? 'not trained' : `trained on ${count(train.episodes)} episodes, ${images}`
  const memory = `${Math.round(measured.peakMemoryBytes / 2 ** 20)} MiB`
  const how = executorName(executor, measured.workers)
  const daggers = result.baselines.some(({ difference }) => notBeaten(difference))
  return [
    ...(daggers ? ['†: not beaten significantly, paired by task'] : []),
    trained,
    ...leftOut(result.data),
    `${backend} (${kernels}) on ${device}, ${how}, at most ${memory}`,
  ]
}

function notBeaten(difference: ErrorDifferences | undefined): boolean {
  return Object.values(difference ?? {}).some(({ interval: [, high] }) => !(high < 0))
}

/** What of a user's files had no part in the result. */
function leftOut(data: Result['data']): string[] {
  if (!data) return []
  const { broken, small, skipped } = data
  const parts = [
    ...(broken.length > 0 ? [`broken pictures (${count(broken.length)})`] : []),
    ...(small.length > 0 ? [`small classes (${count(small.length)})`] : []),
    ...Object.entries(skipped).map(([ending, n]) => `${ending} files (${count(n)})`),
  ]
  return parts.length > 0 ? [`left out: ${parts.join(', ')}`] : []
}
