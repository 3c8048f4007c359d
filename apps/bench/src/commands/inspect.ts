import { count } from '@kshot/results'
import { Command, Option } from 'commander'
import { type Inspected, type InspectJob, inspect } from '../data/inspect'
import { understoodLines } from '../data/understood'
import { coloursOf } from '../terminal/text'
import { shared } from './options'

interface Options {
  readonly kind?: InspectJob['kind']
  readonly label?: string
  readonly json?: boolean
}

export function inspectCommand(): Command {
  return new Command('inspect')
    .description('describe a folder of pictures or a table: classes, splits, problems')
    .argument('<path>', 'a folder with one folder of pictures per class, or a CSV or JSON file')
    .addOption(
      new Option('--kind <kind>', 'what it contains, if that is unclear').choices([
        'images',
        'vectors',
        'texts',
      ]),
    )
    .addOption(new Option('--label <name>', 'the column, or key, with the class'))
    .addOption(shared.json())
    .action(action)
}

async function action(path: string, { kind, label, json }: Options): Promise<void> {
  const inspected = await inspect({ path, kind, label })
  process.stdout.write(
    json ? `${JSON.stringify(inspected, null, 2)}\n` : text(inspected, process.stdout),
  )
}

const NAMES = { images: 'pictures', vectors: 'vectors', texts: 'texts' } as const
/** So many classes of a split are named. */
const NAMED = 6

function text(inspected: Inspected, stream: NodeJS.WriteStream): string {
  const { path, kind, shape, understood, splits } = inspected
  const { bold, dim } = coloursOf(stream)
  const lines = Object.entries(splits).map(([name, classes]) => {
    const sizes = classes.map(({ size }) => size)
    const each =
      sizes.length === 0 ? '' : `, ${range(Math.min(...sizes), Math.max(...sizes))} examples each`
    const names = classes.slice(0, NAMED).map(({ id }) => id)
    const more = classes.length > NAMED ? ', …' : ''
    return `  ${name.padEnd(11)} ${count(classes.length)} classes${each}${dim(`  ${names.join(', ')}${more}`)}`
  })
  return [
    `${bold(path)}: ${NAMES[kind]}, ${shape.join(' × ')}`,
    ...understoodLines(understood).map((line) => `  ${line}`),
    ...lines,
    '',
  ].join('\n')
}

function range(least: number, most: number): string {
  return least === most ? count(least) : `${count(least)} to ${count(most)}`
}
