import { allPrintable } from '@kshot/results'
import Table from 'cli-table3'
import { Command, Option } from 'commander'
import { type Classified, classify, type Invert } from '../running/classify'
import { coloursOf, percent } from '../terminal/text'
import { shared } from './options'

interface Options {
  readonly support: string
  readonly invert: Invert
  readonly backend?: string
  readonly allowModule?: boolean
  readonly json?: boolean
}

export function classifyCommand(): Command {
  return new Command('classify')
    .description('label pictures with a checkpoint, from a few examples per class')
    .argument('<checkpoint>', 'the meta.safetensors of a run')
    .argument('<query...>', 'pictures, or folders of them')
    .addOption(
      new Option(
        '--support <dir>',
        'the examples: a folder with one folder of pictures per class',
      ).makeOptionMandatory(),
    )
    .addOption(
      new Option(
        '--invert <when>',
        'invert light and dark; auto: for checkpoints of characters, if the edges are light',
      )
        .choices(['auto', 'yes', 'no'])
        .default('auto'),
    )
    .addOption(shared.backend())
    .addOption(shared.allowModule())
    .addOption(shared.json())
    .action(action)
}

async function action(checkpoint: string, queries: string[], options: Options): Promise<void> {
  const { support, invert, backend, allowModule = false, json = false } = options
  const classified = await classify({
    checkpoint,
    support,
    queries,
    invert,
    backend,
    allowModule,
  })
  process.stdout.write(
    json ? `${JSON.stringify(classified, null, 2)}\n` : table(classified, process.stdout),
  )
}

/** So many labels beside the best. */
const OTHERS = 2

function table(classified: Classified, stream: NodeJS.WriteStream): string {
  const { predictions, support, ...about } = allPrintable(classified)
  const { bold, dim } = coloursOf(stream)
  const grid = new Table({
    head: ['picture', 'label', 'confidence', 'then'].map((title) => dim(title)),
    style: { head: [], border: [] },
    colAligns: ['left', 'left', 'right', 'left'],
    chars: { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' },
  })
  for (const { query, label, confidence, ranking, inverted } of predictions) {
    const others = ranking
      .filter((ranked) => ranked.label !== label)
      .slice(0, OTHERS)
      .map((ranked) => `${ranked.label} ${percent(ranked.confidence)}`)
    const name = inverted ? `${query} ${dim('(inverted)')}` : query
    const told = label === null ? dim('none of these') : bold(String(label))
    grid.push([name, told, percent(confidence), dim(others.join(', '))])
  }
  const examples = Object.entries(support).map(([label, n]) => `${label} ${n}`)
  const notes = [
    `${about.learner}, examples: ${examples.join(', ')}`,
    ...(about.transductive
      ? [
          'This learner was tested with many queries at once; here each query is judged together with the examples.',
        ]
      : []),
  ]
  return [grid.toString(), ...notes.map((note) => dim(note)), ''].join('\n')
}
