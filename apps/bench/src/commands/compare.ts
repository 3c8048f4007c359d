import { Argument, Command } from 'commander'
import { compare, comparedJson } from '../report/compare'
import { comparedTable } from '../report/compared-table'
import { shared } from './options'

export function compareCommand(): Command {
  return new Command('compare')
    .description('compare runs pair by pair over the same test episodes')
    .addArgument(
      new Argument('<results...>', 'folders of runs or leaderboards, or their result files'),
    )
    .addOption(shared.json())
    .action(async (paths: string[], { json = false }: { json?: boolean }) => {
      const compared = await compare(paths)
      process.stdout.write(json ? comparedJson(compared) : comparedTable(compared, process.stdout))
    })
}
