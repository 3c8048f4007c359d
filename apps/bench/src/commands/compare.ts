import { compare, comparedJson } from '@kshot/results'
import { Argument, Command, Option } from 'commander'
import { comparedTable } from '../report/compared-table'
import { loadSources } from '../report/load'
import { shared } from './options'

interface Options {
  readonly json?: boolean
  readonly setting?: string
}

export function compareCommand(): Command {
  return new Command('compare')
    .description('compare runs pair by pair over the same test episodes')
    .addArgument(
      new Argument('<results...>', 'folders of runs or leaderboards, or their result files'),
    )
    .addOption(new Option('--setting <name>', 'which setting, if the leaderboard has several'))
    .addOption(shared.json())
    .action(async (paths: string[], { json = false, setting }: Options) => {
      const compared = compare(await loadSources(paths), setting)
      process.stdout.write(json ? comparedJson(compared) : comparedTable(compared, process.stdout))
    })
}
