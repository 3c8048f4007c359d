import { KshotError } from '@kshot/core'
import { writeFileAtomic } from '@kshot/core/node'
import { allPrintable, count, printedJson } from '@kshot/results'
import Table from 'cli-table3'
import { Command, Option } from 'commander'
import { type Inspected, type InspectJob, inspect } from '../data/inspect'
import { contactSheet } from '../report/contact-sheet'
import { coloursOf, wrapped } from '../terminal/text'
import { shared } from './options'

interface Options {
  readonly kind?: InspectJob['kind']
  readonly label?: string
  readonly output?: string
  readonly json?: boolean
}

export function inspectCommand(): Command {
  return new Command('inspect')
    .description('describe a folder of pictures or a table: classes, splits, problems')
    .argument('<path>', 'a folder with one folder per class, or a CSV or JSON file')
    .option('-o, --output <file>', 'write a contact sheet: one page (.html) of examples per class')
    .addOption(
      new Option('--kind <kind>', 'what it holds, where it can not be told').choices([
        'images',
        'vectors',
        'texts',
      ]),
    )
    .addOption(new Option('--label <name>', 'the column, or key, with the class'))
    .addOption(shared.json())
    .action(action)
}

async function action(path: string, { kind, label, output, json }: Options): Promise<void> {
  const { inspected, data } = await inspect({ path, kind, label })
  process.stdout.write(json ? printedJson(inspected) : inspectedText(inspected, process.stdout))
  if (output === undefined) return
  await writeFileAtomic(output, await contactSheet(inspected, data)).catch((cause: Error) => {
    throw new KshotError('run/unwritable', {
      got: `${output}: ${cause.message}`,
      expected: 'a file that can be written',
      remedy: 'Name another file with -o',
      cause,
    })
  })
  process.stderr.write(`written to ${output}\n`)
}

const NAMES = { images: 'pictures', vectors: 'vectors', texts: 'texts' } as const
/** As wide as lines are read well; narrower terminals wrap sooner. */
const WIDEST = 100

/** What a data set is, for a terminal. */
export function inspectedText(inspected: Inspected, stream: NodeJS.WriteStream): string {
  const { path, kind, shape, understood, splits, problems } = allPrintable(inspected)
  const { bold, dim, yellow } = coloursOf(stream)
  const width = Math.min(WIDEST, stream.columns ?? 80)
  const { examples, classes, dealt, notes } = understood
  const found = `${count(examples)} ${examples === 1 ? 'example' : 'examples'} of ${count(classes)} ${classes === 1 ? 'class' : 'classes'}, ${dealt}`
  const wrong = problems.length === 0 ? [dim('no problems found')] : [bold('problems')]
  return [
    `${bold(path)}: ${NAMES[kind]}, ${shape.join(' × ')}`,
    ...wrapped(found, 0, width),
    splitTable(splits, width, dim),
    ...notes.flatMap((note) => item(note, width)),
    ...wrong,
    ...problems.flatMap((problem) => item(problem, width).map(yellow)),
    '',
  ].join('\n')
}

/** A paragraph behind a dash. */
function item(note: string, width: number): string[] {
  return wrapped(note, 2, width).map((line, i) => (i === 0 ? `- ${line.slice(2)}` : line))
}

function splitTable(
  splits: Inspected['splits'],
  width: number,
  dim: (text: string) => string,
): string {
  const grid = new Table({
    head: ['split', 'classes', 'examples each', ''].map((title) => dim(title)),
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2 },
    colAligns: ['left', 'right', 'right', 'left'],
    chars: NO_LINES,
  })
  for (const [name, classes] of Object.entries(splits)) {
    const sizes = classes.map(({ size }) => size)
    const each = sizes.length === 0 ? '–' : range(Math.min(...sizes), Math.max(...sizes))
    grid.push([name, count(classes.length), each, dim(fitting(classes, width - 40))])
  }
  return grid
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
}

/** As many names as there is room for. */
function fitting(classes: readonly { readonly id: string }[], room: number): string {
  let names = ''
  for (const [i, { id }] of classes.entries()) {
    const longer = i === 0 ? id : `${names}, ${id}`
    const rest = i < classes.length - 1 ? 3 : 0
    if (longer.length + rest > room)
      return names === '' ? `${id.slice(0, room - 1)}…` : `${names}, …`
    names = longer
  }
  return names
}

const NO_LINES = Object.fromEntries(
  'top top-mid top-left top-right bottom bottom-mid bottom-left bottom-right left left-mid mid mid-mid right right-mid middle'
    .split(' ')
    .map((place) => [place, '']),
)

function range(least: number, most: number): string {
  return least === most ? count(least) : `${count(least)} to ${count(most)}`
}
