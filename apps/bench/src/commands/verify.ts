import { maml, metaSgd, reptile } from '@kshot/maml'
import { matching } from '@kshot/matching'
import { ridge } from '@kshot/metaopt'
import { protonet } from '@kshot/protonet'
import { allPrintable, parseJson, printedJson } from '@kshot/results'
import type { Check, ReferenceCase } from '@kshot/testkit/reference'
import { Argument, Command } from 'commander'
import { activateNamed } from '../backends/activate-named'
import { MOST_BYTES, readText } from '../files/text-file'
import { EXIT } from '../process/exit-codes'
import { coloursOf } from '../terminal/text'
import { shared } from './options'

interface Options {
  readonly backend?: string
  readonly json?: boolean
}

/** What became of one case of a file; without `checks` nothing here can check its kind. */
interface Verdict {
  readonly file: string
  readonly name: string
  readonly kind: string
  readonly checks: readonly Check[] | undefined
}

export function verifyCommand(): Command {
  return new Command('verify')
    .description('compare operations and learners with the values of another library')
    .addArgument(new Argument('<what>').choices(['reference']))
    .argument('<files...>', 'JSON files of reference values')
    .addOption(shared.backend())
    .addOption(shared.json())
    .action(action)
}

async function action(_: string, files: string[], options: Options) {
  const { json } = options
  const { loadReference } = await import('@kshot/testkit/reference')
  const cases = files.flatMap((file) => loadReference(file, readDocument).map((c) => ({ file, c })))
  const { backend, choice } = await activateNamed(options.backend)
  if (choice) process.stderr.write(`${choice}\n`)
  const verdicts: Verdict[] = []
  for (const { file, c } of cases) {
    const verdict = await verified(file, c)
    verdicts.push(verdict)
    if (!json) process.stdout.write(line(allPrintable(verdict)))
  }
  if (json) process.stdout.write(printedJson({ backend, cases: verdicts }))
  else process.stdout.write(summary(verdicts, backend))
  if (missed(verdicts).length > 0 || verdicts.every(({ checks }) => !checks)) {
    process.exitCode = EXIT.failed
  }
}

const readDocument = (file: string) => parseJson(readText(file, MOST_BYTES.result))

async function verified(file: string, c: ReferenceCase): Promise<Verdict> {
  const { name, kind } = c
  try {
    const { checkCase } = await import('@kshot/testkit/reference')
    const checks = await checkCase(c, { maml, metaSgd, reptile, protonet, matching, ridge })
    return { file, name, kind, checks }
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error)
    return { file, name, kind, checks: [{ what, error: Number.NaN, ok: false }] }
  }
}

const missed = (verdicts: readonly Verdict[]) =>
  verdicts.filter(({ checks }) => checks?.some(({ ok }) => !ok))

/** `ok    1.2e-6  maml-sine-relu  36 comparisons`, and what missed below it. */
function line({ name, kind, checks }: Verdict): string {
  const { green, red, yellow, dim } = coloursOf(process.stdout)
  if (!checks)
    return `${yellow('none')}           ${name}  ${dim(`no check for the kind ${kind}`)}\n`
  const misses = checks.filter(({ ok }) => !ok)
  const mark = misses.length === 0 ? green('ok  ') : red('miss')
  const rows = misses.map(({ what, error }) => `        ${error.toExponential(1)}  ${what}\n`)
  const many = `${checks.length} ${checks.length === 1 ? 'comparison' : 'comparisons'}`
  return `${mark}  ${largest(checks)}  ${name}  ${dim(many)}\n${rows.join('')}`
}

/** The largest relative error of what is to be equal: two gradients that must differ say nothing here. */
function largest(checks: readonly Check[]): string {
  const errors = checks.filter(({ distinct }) => !distinct).map(({ error }) => error)
  return Math.max(...errors)
    .toExponential(1)
    .padStart(7)
}

function summary(verdicts: readonly Verdict[], backend: string): string {
  const checked = verdicts.filter(({ checks }) => checks).length
  const without = verdicts.length - checked
  const rest = without === 0 ? '' : `, ${without} of a kind without a check`
  return `${checked - missed(verdicts).length} of ${checked} cases agree on ${backend}${rest}\n`
}
