import { Argument, Command } from 'commander'
import { backends } from '../backends/backends'
import { datasets } from '../data'
import { standard } from '../leaderboard/standard'
import { learners } from '../learners'
import { presets } from '../presets'
import { coloursOf } from '../terminal/text'
import { shared } from './options'

type Rows = { readonly [name: string]: string }

const LISTS: { readonly [what: string]: () => Rows } = {
  presets: () =>
    Object.fromEntries(
      Object.entries(presets).map(([name, { description }]) => [name, description]),
    ),
  learners: () => learners,
  standard: () =>
    Object.fromEntries(
      Object.entries(standard).map(([name, { description }]) => [name, description]),
    ),
  datasets: () =>
    Object.fromEntries(
      Object.entries(datasets).map(([name, { description }]) => [name, description]),
    ),
  backends: () =>
    Object.fromEntries(Object.keys(backends).map((name) => [name, `@kshot/backend-${name}`])),
}

export function lsCommand(): Command {
  return new Command('ls')
    .description('list what a configuration can name')
    .addArgument(new Argument('<what>').choices(Object.keys(LISTS)))
    .addOption(shared.json())
    .action((what: string, { json }: { json?: boolean }) => {
      const rows = LISTS[what]!()
      process.stdout.write(json ? `${JSON.stringify(rows, null, 2)}\n` : aligned(rows))
    })
}

function aligned(rows: Rows): string {
  const { bold } = coloursOf(process.stdout)
  const width = Math.max(...Object.keys(rows).map((name) => name.length))
  const lines = Object.entries(rows).map(([name, text]) => `${bold(name.padEnd(width))}  ${text}\n`)
  return lines.join('')
}
