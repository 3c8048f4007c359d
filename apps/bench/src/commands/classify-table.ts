import { allPrintable, count } from '@kshot/results'
import Table from 'cli-table3'
import type { Classified } from '../classify/classify'
import type { About } from '../classify/item-classifier'
import { coloursOf, percent } from '../terminal/text'

/** So many labels beside the best. */
const OTHERS = 2
/** More of a text is cut. */
const WIDEST = 60

export function classifiedText(classified: Classified, stream: NodeJS.WriteStream): string {
  const { predictions, support, notes, ...about } = allPrintable(classified)
  const { bold, dim } = coloursOf(stream)
  const grid = plainTable(
    ['query', 'label', 'probability', 'then'].map((title) => dim(title)),
    ['left', 'left', 'right', 'left'],
  )
  for (const { query, label, confidence, ranking, inverted } of predictions) {
    const others = ranking
      .filter((ranked) => ranked.label !== label)
      .slice(0, OTHERS)
      .map((ranked) => `${ranked.label} ${percent(ranked.confidence)}`)
    const name = inverted ? `${shortened(query)} ${dim('(inverted)')}` : shortened(query)
    const told = label === null ? dim('none of these') : bold(String(label))
    grid.push([name, told, percent(confidence), dim(others.join(', '))])
  }
  const below = [...aboutLines(about, support), ...notes]
  return [grid.toString(), ...below.map((note) => dim(note)), ''].join('\n')
}

/** What decided, by which examples. */
export function aboutLines(about: About, support: Classified['support']): string[] {
  const { learner, encoder, head, transductive } = about
  const by = learner ?? [encoder, head].filter((part) => part !== undefined).join(', ')
  return [
    `${by}, examples: ${examplesText(support)}`,
    ...(transductive
      ? [
          'This learner was tested with many queries at once; here each is judged among the examples.',
        ]
      : []),
  ]
}

/** So many classes are listed with their numbers. */
const LISTED = 12

function examplesText(support: Classified['support']): string {
  const entries = Object.entries(support)
  if (entries.length <= LISTED) return entries.map(([label, n]) => `${label} ${n}`).join(', ')
  const all = entries.reduce((sum, [, n]) => sum + n, 0)
  return `${count(all)} of ${count(entries.length)} classes`
}

export function shortened(text: string): string {
  const characters = [...text]
  return characters.length > WIDEST ? `${characters.slice(0, WIDEST - 1).join('')}…` : text
}

/** A table with lines around it only. */
export function plainTable(head: string[], colAligns: ('left' | 'right')[]) {
  return new Table({
    head,
    style: { head: [], border: [] },
    colAligns,
    chars: { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' },
  })
}
