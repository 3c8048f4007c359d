import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { KshotError } from '@kshot/core'
import { Command, Option } from 'commander'
import { withPackage } from '../catalogue/with-package'
import { loadConfig, nameOf, overridden, parseConfig } from '../configuration/config'
import type { Config } from '../configuration/schema'
import { type Study, studies } from '../optimizers/studies'
import { interruptible } from '../process/interrupt'
import { run } from '../running/run'
import {
  claimFolder,
  configIn,
  contents,
  defaultFolder,
  FILES,
  folderTaken,
} from '../running/run-folder'
import { seconds, shared, wholeNumber } from './options'
import { print } from './print'
import { progress, silent } from './progress'
import { studyCommand } from './study'

interface Options {
  readonly set?: string[]
  readonly seed?: number
  readonly backend?: string
  readonly executor?: string
  readonly workers?: number | 'auto'
  readonly maxSeconds?: number
  readonly out?: string
  readonly resume?: boolean
  readonly json?: boolean
  readonly quiet?: boolean
  readonly data?: string
  readonly allowModule?: boolean
}

export function runCommand(): Command {
  return new Command('run')
    .description('meta-train, meta-validate and meta-test one learner')
    .argument(
      '[preset|config.json]',
      'what to run (see kshot ls presets); optional with --resume --out',
    )
    .addOption(shared.set())
    .addOption(
      new Option('--seed <n>', 'seed of parameters and training episodes').argParser(wholeNumber),
    )
    .addOption(shared.backend())
    .addOption(shared.executor())
    .addOption(shared.workers())
    .addOption(new Option('--out <dir>', 'folder to write (default runs/<preset>-seed<n>)'))
    .addOption(new Option('--resume', 'continue from the checkpoint in the folder'))
    .addOption(
      new Option('--max-seconds <n>', 'limit training time, validation included').argParser(
        seconds,
      ),
    )
    .addOption(shared.data())
    .addOption(shared.allowModule())
    .addOption(shared.json())
    .addOption(shared.quiet())
    .action(action)
}

async function action(source: string | undefined, options: Options): Promise<void> {
  const { json = false, quiet = false, resume = false, allowModule = false, data } = options
  const study = source !== undefined && Object.hasOwn(studies, source) ? studies[source] : undefined
  if (study) return compared(source!, study, options)
  const config = await configOf(source, options)
  const folder = options.out ?? defaultFolder(nameOf(source!), config.seed, resume)
  const shown = quiet ? silent : progress(process.stderr, 'run')
  const { signal, release } = interruptible(() => shown.note('stopping after this step …'))
  // There is nothing to go on with, which run says.
  const giveBack = resume && !existsSync(folder) ? undefined : await claimFolder(folder)
  try {
    const result = await run({ config, folder, resume, allowModule, data, signal, on: shown })
    shown.stop()
    print(result, { json, quiet })
    if (!quiet) shown.note(`written to ${join(folder, FILES.result)}`)
  } finally {
    shown.stop()
    release()
    await giveBack?.()
  }
}

/** A study trains nothing, so of the options it takes a folder, a backend and what is printed. */
async function compared(source: string, study: Study, options: Options): Promise<void> {
  const { json = false, quiet = false, out, backend = 'wasm' } = options
  const folder = out ?? defaultFolder(source, 0, false)
  const others = ['set', 'seed', 'executor', 'workers', 'maxSeconds', 'resume', 'data'] as const
  const given = others.find((name) => options[name] !== undefined)
  if (given !== undefined) throw notOfStudies(source, given)
  if (contents(folder).result) throw folderTaken(folder)
  await studyCommand(study, { folder, backend, json, quiet })
}

function notOfStudies(source: string, option: string): KshotError {
  return new KshotError('usage/wrong-option', {
    got: `the option ${option} for ${source}, which compares optimizers and trains nothing`,
    expected: '--out, --backend, --json or --quiet',
    remedy: 'Leave it out',
  })
}

/** The configuration of a preset or file; of the folder, if that is all that is named. */
async function configOf(source: string | undefined, options: Options): Promise<Config> {
  const { out, resume } = options
  const { allowModule = false } = options
  if (source !== undefined) {
    const leave = { folder: resolve(dirname(source)), allowModule }
    return loadConfig(source, options, (raw) => withPackage(raw, leave))
  }
  if (resume && out !== undefined && contents(out).config) {
    return parseConfig(overridden(configIn(out), options))
  }
  throw new KshotError('usage/nothing-to-run', {
    got: resume && out !== undefined ? `no run in ${out}` : 'neither a preset nor a configuration',
    expected: 'a preset, a file that ends in .json, or --resume --out with the folder of a run',
    remedy: 'See npx kshot ls presets',
  })
}
