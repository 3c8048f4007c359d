import { nativeInstall } from '@kshot/backend-node'
import { printedJson } from '@kshot/results'
import { Command } from 'commander'
import { shared } from './options'

interface Options {
  readonly cuda?: boolean
  readonly json?: boolean
  readonly quiet?: boolean
}

export function nativeCommand(): Command {
  const install = new Command('install')
    .description('download libtensorflow and build its binding, using only package registries')
    .option('--cuda', 'for NVIDIA cards, with CUDA 12 and cuDNN 8 (some 3 GB)')
    .addOption(shared.json())
    .addOption(shared.quiet())
    .action(async ({ cuda = false, json, quiet }: Options) => {
      const log = quiet ? () => {} : (text: string) => process.stderr.write(`${text}\n`)
      const installed = await nativeInstall({ cuda, log })
      if (json) process.stdout.write(printedJson(installed))
    })
  return new Command('native')
    .description('the native library of node and node-gpu')
    .addCommand(install)
}
