import { allPrintable, count } from '@kshot/results'
import type { Checked, CheckedItems } from '../classify/check'
import { coloursOf, percent } from '../terminal/text'
import { aboutLines, plainTable, shortened } from './classify-table'

/** So many lines of each table. */
const MOST = { confused: 10, suspects: 15, classes: 15 } as const

/** What a check has found, for a terminal. */
export function checkedText(
  found: CheckedItems,
  stream: NodeJS.WriteStream,
  page: string | undefined,
): string {
  const checked = allPrintable(found.checked)
  const { bold, dim } = coloursOf(stream)
  const { support, notes, alone } = checked
  const left = alone.length > 0 ? [`alone in their class, and not asked: ${alone.join(', ')}`] : []
  const below = [...aboutLines(checked, support), ...notes, ...left]
  const more = page === undefined ? [] : [`with pictures: ${page}`]
  return [
    bold(verdict(checked)),
    ...[classes(checked), confused(checked), suspects(checked)].filter((part) => part !== ''),
    ...[...below, ...more].map((line) => dim(line)),
    '',
  ].join('\n')
}

/** `93.3 % right (88.2 to 96.3 %): 140 of 150 examples, each by the others alone` */
export function verdict({ accuracy, interval, right, examples }: Checked): string {
  if (accuracy === null) return 'Each example is alone in its class: there is nothing to check by'
  const [low, high] = interval!
  const range = `${percent(low).slice(0, -2)} to ${percent(high)}`
  return `${percent(accuracy)} right (95 % interval ${range}): ${count(right)} of ${count(examples)} examples, each by the others alone`
}

function classes({ classes: all }: Checked): string {
  const asked = all.filter(({ examples }) => examples > 0)
  const worst = [...asked].sort((a, b) => a.right / a.examples - b.right / b.examples)
  const table = plainTable(['class', 'examples', 'right'], ['left', 'right', 'right'])
  for (const { label, examples, right } of worst.slice(0, MOST.classes)) {
    table.push([shortened(label), count(examples), percent(right / examples)])
  }
  return asked.length === 0
    ? ''
    : titled('Classes, the worst first', table, worst.length, MOST.classes)
}

function confused({ confused: pairs }: Checked): string {
  const table = plainTable(['class', 'taken for', 'times'], ['left', 'left', 'right'])
  for (const { label, takenFor, examples } of pairs.slice(0, MOST.confused)) {
    table.push([shortened(label), shortened(takenFor), count(examples.length)])
  }
  return pairs.length === 0 ? '' : titled('Confused', table, pairs.length, MOST.confused)
}

function suspects({ suspects: all }: Checked): string {
  const head = ['example', 'labelled', 'looks like', 'its label is']
  const table = plainTable(head, ['left', 'left', 'left', 'right'])
  for (const { example, label, predicted, confidence } of all.slice(0, MOST.suspects)) {
    table.push([shortened(example), label, predicted, `${percent(confidence)} likely`])
  }
  return all.length === 0 ? '' : titled('Perhaps mislabelled', table, all.length, MOST.suspects)
}

function titled(title: string, table: { toString(): string }, all: number, most: number): string {
  const more = all > most ? `\n… and ${count(all - most)} more: --json or --out has all` : ''
  return `\n${title}\n${table.toString()}${more}`
}
