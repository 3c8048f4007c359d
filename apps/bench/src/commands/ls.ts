import type { AnyCard } from '@kshot/core/card'
import { printedJson } from '@kshot/results'
import { Argument, Command } from 'commander'
import { backends } from '../backends/backends'
import { cards, datasetCards, encoderCards } from '../catalogue/cards'
import { presets } from '../catalogue/presets'
import { standard } from '../catalogue/standard'
import { studies } from '../optimizers/studies'
import { coloursOf } from '../terminal/text'
import { shared } from './options'

type Rows = { readonly [name: string]: string }

const LISTS: { readonly [what: string]: () => Rows } = {
  presets: () =>
    Object.fromEntries(
      Object.entries({ ...presets, ...studies }).map(([name, { description }]) => [
        name,
        description,
      ]),
    ),
  learners: () => rowsOf('learner'),
  models: () => rowsOf('model'),
  optimizers: () => rowsOf('optimizer'),
  schedules: () => rowsOf('schedule'),
  encoders: () =>
    Object.fromEntries(
      encoderCards.map(({ name, sentence, factory }) => [name, `${sentence}; ${factory.package}`]),
    ),
  standard: () =>
    Object.fromEntries(
      Object.entries(standard).map(([name, { description }]) => [name, description]),
    ),
  datasets: () =>
    Object.fromEntries(
      datasetCards.map(({ name, sentence, source, licence, factory }) => {
        const origin = licence === undefined ? [] : [`${source}, ${licence}`]
        return [name, [sentence, ...origin, factory.package].join('; ')]
      }),
    ),
  backends: () =>
    Object.fromEntries(Object.keys(backends).map((name) => [name, `@kshot/backend-${name}`])),
}

/** What a configuration can name in a role, from the cards. */
function rowsOf(role: AnyCard['role']): Rows {
  const all = cards.filter((card) => card.role === role)
  return Object.fromEntries(all.map((card) => [card.factory.export, lineOf(card)]))
}

function lineOf(card: AnyCard): string {
  const { sentence, factory } = card
  if (card.role !== 'learner') return `${sentence}; ${factory.package}`
  const { name, paper } = card
  return `${name} (${paper.authors} ${paper.year}): ${sentence}; ${factory.package}`
}

export function lsCommand(): Command {
  return new Command('ls')
    .description('list what a configuration can name')
    .addArgument(new Argument('<what>').choices(Object.keys(LISTS)))
    .addOption(shared.json())
    .action((what: string, { json }: { json?: boolean }) => {
      const rows = LISTS[what]!()
      process.stdout.write(json ? printedJson(rows) : aligned(rows))
    })
}

function aligned(rows: Rows): string {
  const { bold } = coloursOf(process.stdout)
  const width = Math.max(...Object.keys(rows).map((name) => name.length))
  const lines = Object.entries(rows).map(([name, text]) => `${bold(name.padEnd(width))}  ${text}\n`)
  return lines.join('')
}
