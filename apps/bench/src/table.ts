import Table from 'cli-table3'
import { learnerName, settingName } from './describe'
import type { Result, TestScore } from './result'
import { clock, coloursOf, count, percent, speed } from './text'

/** A result for people: the learner beside its baselines, and what it took. */
export function table(result: Result, stream: NodeJS.WriteStream): string {
  const { bold, dim } = coloursOf(stream)
  const { setting, test, measured, train } = result
  const scores = new Table({
    head: ['learner', 'accuracy', 'episodes/s'].map((title) => dim(title)),
    style: { head: [], border: [] },
    colAligns: ['left', 'right', 'right'],
  })
  scores.push([bold(learnerName(result.learner)), bold(accuracy(test)), speeds(measured)])
  for (const { name, test } of result.baselines) scores.push([name, accuracy(test), ''])
  const title = `${settingName(setting)}, ${setting.queries} queries a class, ${count(test.episodes)} test episodes on ${setting.dataset} (${setting.split})`
  return [
    bold(title),
    scores.toString(),
    ...notes(train, result).map((line) => dim(line)),
    '',
  ].join('\n')
}

function accuracy({ accuracy, interval: [low, high] }: TestScore): string {
  return `${(100 * accuracy).toFixed(2)} ± ${percent((high - low) / 2, 2)}`
}

function speeds({ trainEpisodesPerSecond, testEpisodesPerSecond }: Result['measured']): string {
  return `${speed(trainEpisodesPerSecond)} train\n${speed(testEpisodesPerSecond)} test`
}

function notes(train: Result['train'], { backend, kernels, device, measured }: Result): string[] {
  const took = train.seconds === null ? '' : ` in ${clock(train.seconds)}`
  const images = `${count(train.images)} images${took}`
  const trained = `trained on ${count(train.episodes)} episodes, ${images}`
  const memory = `${Math.round(measured.peakMemoryBytes / 2 ** 20)} MiB`
  return [trained, `${backend} (${kernels}) on ${device}, at most ${memory}`]
}
