import { Command, Option } from 'commander'
import { LAKE } from '../lake/setting'
import { interruptible } from '../process/interrupt'
import { evaluateCheckpoint } from '../running/evaluate-checkpoint'
import { shared } from './options'
import { print } from './print'
import { progress, silent } from './progress'

interface Options {
  readonly setting?: typeof LAKE
  readonly set?: string[]
  readonly backend?: string
  readonly executor?: string
  readonly workers?: number | 'auto'
  readonly data?: string
  readonly allowModule?: boolean
  readonly json?: boolean
  readonly quiet?: boolean
}

export function evalCommand(): Command {
  return new Command('eval')
    .description('meta-test a checkpoint on the test episodes of its configuration, or of another')
    .argument('<checkpoint>', 'the meta.safetensors of a run')
    .addOption(
      new Option(
        '--setting <name>',
        'a task with special rules, next to published results',
      ).choices([LAKE]),
    )
    .addOption(shared.set())
    .addOption(shared.backend())
    .addOption(shared.executor())
    .addOption(shared.workers())
    .addOption(shared.data())
    .addOption(shared.allowModule())
    .addOption(shared.json())
    .addOption(shared.quiet())
    .action(action)
}

async function action(checkpoint: string, options: Options): Promise<void> {
  const { json = false, quiet = false, allowModule = false, data, setting } = options
  const shown = quiet ? silent : progress(process.stderr, 'eval')
  const { signal, release } = interruptible(() => shown.note('stopping …'))
  try {
    const result = await evaluateCheckpoint({
      checkpoint,
      overrides: options,
      data,
      signal,
      setting,
      allowModule,
      on: shown,
    })
    shown.stop()
    print(result, { json, quiet })
  } finally {
    shown.stop()
    release()
  }
}
