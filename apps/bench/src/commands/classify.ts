import { writeFileAtomic } from '@kshot/core/node'
import { printedJson } from '@kshot/results'
import { Command, InvalidArgumentError, Option } from 'commander'
import { encoderCards } from '../catalogue/cards'
import type { Invert } from '../classify/by-checkpoint'
import { HEADS } from '../classify/by-encoder'
import { check } from '../classify/check'
import { type ClassifyJob, classify } from '../classify/classify'
import { badUse } from '../classify/errors'
import { interruptible } from '../process/interrupt'
import { barDisplay } from '../terminal/display'
import { coloursOf } from '../terminal/text'
import { checkedText } from './classify-check'
import { classifiedText } from './classify-table'
import { collect, shared } from './options'
import { encoding } from './progress'

interface Options {
  readonly support: string
  readonly text?: readonly string[]
  readonly check?: boolean
  readonly out?: string
  readonly label?: string
  readonly encoder?: string
  readonly head?: string
  readonly unknown: 'auto' | number | false
  readonly invert: Invert
  readonly backend?: string
  readonly allowModule?: boolean
  readonly json?: boolean
  readonly quiet?: boolean
}

export function classifyCommand(): Command {
  return new Command('classify')
    .description('label pictures, texts or rows of numbers by a few examples per class')
    .argument(
      '[query...]',
      'pictures or folders of them; tables; - for texts on stdin. A first one that ends in .safetensors is the checkpoint of a run',
    )
    .addOption(
      new Option(
        '--support <path>',
        'the examples: a folder with one folder of pictures per class, or a CSV or JSON file',
      ).makeOptionMandatory(),
    )
    .addOption(new Option('--text <text>', 'a text to label; may be repeated').argParser(collect))
    .addOption(
      new Option('--check', 'how well each example is recognised by the others: what to expect'),
    )
    .addOption(new Option('-o, --out <file>', 'with --check: a page with pictures (HTML)'))
    .addOption(new Option('--label <name>', 'the column, or key, with the class'))
    .addOption(
      new Option('--encoder <name>', 'default: image-encoder or text-encoder').choices(
        encoderCards.map(({ name }) => name),
      ),
    )
    .addOption(
      new Option('--head <name>', 'default: centroid; for numbers neighbours').choices(
        Object.keys(HEADS),
      ),
    )
    .addOption(
      new Option(
        '--unknown <auto|off|score>',
        'when a query is none of the classes: calibrated, never, or below a score',
      )
        .argParser(unknownOf)
        .default('auto'),
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
    .addOption(shared.quiet())
    .action(action)
}

async function action(queries: string[], options: Options): Promise<void> {
  const { json = false, quiet = false } = options
  const [first, ...rest] = queries
  const checkpoint = first?.endsWith('.safetensors') ? first : undefined
  const paths = checkpoint === undefined ? queries : rest
  checkUse(paths, options)
  const { signal, release } = interruptible(() => {})
  const shown = bar(quiet)
  const job = { ...options, checkpoint, signal, onProgress: shown.show }
  try {
    const text = options.check
      ? await checked(job, options)
      : await labelled(job, paths, options, json)
    shown.stop()
    process.stdout.write(text)
  } finally {
    shown.stop()
    release()
  }
}

async function labelled(job: ClassifyJob, paths: string[], { text = [] }: Options, json: boolean) {
  const found = await classify(job, { paths, texts: text, stdin })
  return json ? printedJson(found) : classifiedText(found, process.stdout)
}

async function checked(job: ClassifyJob, { out, json }: Options): Promise<string> {
  const found = await check(job)
  if (out !== undefined) {
    const { checkPage } = await import('../classify/page/check-page')
    await writeFileAtomic(out, await checkPage(found))
  }
  if (json) return printedJson(found.checked)
  return checkedText(found, process.stdout, out)
}

/** Only on a terminal: a script that labels pictures has no use for it. */
function bar(quiet: boolean) {
  if (quiet || !process.stderr.isTTY) return { show: undefined, stop() {} }
  const display = barDisplay(process.stderr, coloursOf(process.stderr))
  const follow = { examples: encoding(), queries: encoding() }
  return {
    show: (what: 'examples' | 'queries', done: number, total: number) =>
      display.show({ ...follow[what](done, total), title: what }),
    stop: () => display.stop(),
  }
}

async function stdin(): Promise<string> {
  let text = ''
  for await (const chunk of process.stdin.setEncoding('utf8')) text += chunk
  return text
}

function unknownOf(text: string): Options['unknown'] {
  if (text === 'auto') return text
  if (text === 'off') return false
  const value = Number(text)
  if (text.trim() !== '' && Number.isFinite(value)) return value
  throw new InvalidArgumentError('Expected auto, off or a number.')
}

function checkUse(paths: readonly string[], { check, text = [], out }: Options): void {
  const asked = paths.length + text.length
  if (check && asked > 0) {
    throw badUse('--check and queries', 'one or the other', 'Leave the queries or --check out')
  }
  if (!check && out !== undefined) {
    throw badUse('--out without --check', 'a page of a check', 'Add --check, or take --json')
  }
  if (!check && asked === 0) {
    throw badUse('nothing to label', 'pictures, texts or a table', 'Name some, or add --check')
  }
}
