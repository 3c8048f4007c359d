import { KshotError } from '@kshot/core'
import { writeFileAtomic } from '@kshot/core/node'
import { printableLines } from '@kshot/results'
import { Argument, Command, Option } from 'commander'
import { FORMATS, type Format, formatOf, report } from '../report/report'
import { shared } from './options'

interface Options {
  readonly output?: string
  readonly format?: Format
  readonly title?: string
  readonly data?: string
  readonly quiet?: boolean
}

export function reportCommand(): Command {
  return new Command('report')
    .description('make a page or a table from the results of leaderboards and runs')
    .addArgument(
      new Argument(
        '<results...>',
        'folders of leaderboards, their shards, or runs; or their files',
      ),
    )
    .addOption(new Option('-o, --output <file>', 'file to write (default: stdout)'))
    .addOption(
      new Option('--format <name>', 'default: by file extension, or html').choices(FORMATS),
    )
    .addOption(new Option('--title <text>', 'title of the page'))
    .addOption(shared.data())
    .addOption(shared.quiet())
    .action(action)
}

async function action(paths: string[], options: Options): Promise<void> {
  const { output, title, data, quiet = false } = options
  const note = (text: string) => void (quiet || process.stderr.write(`${printableLines(text)}\n`))
  const text = await report({
    paths,
    title,
    data,
    note,
    format: options.format ?? formatOf(output),
    command: ['npx kshot report', ...paths, ...(output ? ['-o', output] : [])].join(' '),
  })
  if (output === undefined) {
    process.stdout.write(text)
    return
  }
  await writeFileAtomic(output, text).catch((cause: Error) => {
    throw unwritable(output, cause)
  })
  note(`written to ${output}`)
}

function unwritable(path: string, cause: Error): KshotError {
  return new KshotError('report/unwritable', {
    got: `${path}, which can't be written: ${cause.message}`,
    expected: 'a file in a folder that exists and can be written',
    remedy: 'Pass another one with -o, or make room on the disk',
    cause,
  })
}
