import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { dirname, join } from 'node:path'
import { KshotError } from '@kshot/core'
import { isDone, json, printedJson, type Table, tablesOf } from '@kshot/results'
import { Command, Option } from 'commander'
import { backends } from '../backends/backends'
import { checked } from '../checking/checked'
import { nameOf, readConfig } from '../configuration/config'
import { parseSet, setValue } from '../configuration/set-value'
import { RESULTS } from '../files/results-file'
import { type Ended, runBoard } from '../leaderboard/board'
import { live, silent } from '../leaderboard/live'
import { type Plan, planOf } from '../leaderboard/plan'
import { portablePaths } from '../leaderboard/portable-paths'
import { boardText } from '../leaderboard/print'
import { jsonSchema, type Leaderboard, leaderboardSchema } from '../leaderboard/schema'
import { parseShard, type Shard } from '../leaderboard/shard'
import { EXIT } from '../process/exit-codes'
import { interrupted, interruptible } from '../process/interrupt'
import { published } from '../report/published'
import { shared, threads } from './options'

interface Options {
  readonly schema?: boolean
  readonly set?: string[]
  readonly out?: string
  readonly resume?: boolean
  readonly shard?: Shard
  readonly workers?: number | 'auto'
  readonly data?: string
  readonly allowModule?: boolean
  readonly json?: boolean
  readonly quiet?: boolean
}

export function leaderboardCommand(): Command {
  return new Command('leaderboard')
    .description('compare learners under the same conditions: settings × seeds × backends, ranked')
    .argument('[config.json]', 'learners, settings, seeds and budget')
    .addOption(shared.set())
    .addOption(
      new Option(
        '--out <dir>',
        'folder to write (default runs/<config>; with --resume, the folder of the results)',
      ),
    )
    .addOption(new Option('--resume', 'finish what is not done'))
    .addOption(
      new Option(
        '--workers <n|auto>',
        'cells at a time; auto (the default): one per core',
      ).argParser(threads),
    )
    .addOption(
      new Option(
        '--shard <i/n>',
        'the i-th of n parts of the cells, divided the same way on every machine',
      ).argParser(parseShard),
    )
    .addOption(shared.data())
    .addOption(shared.allowModule())
    .addOption(new Option('--schema', 'print the JSON Schema of a configuration, for editors'))
    .addOption(shared.json())
    .addOption(shared.quiet())
    .action(action)
}

async function action(source: string | undefined, options: Options): Promise<void> {
  if (options.schema) {
    process.stdout.write(printedJson(jsonSchema()))
    return
  }
  if (source === undefined) throw nothingToRun()
  const { quiet = false, data, allowModule = false } = options
  const board = await boardOf(source, options.set ?? [])
  await checkBackends(board)
  const from = dirname(source)
  const plan = await planOf(board, { from, data }, allowModule)
  const out = options.out ?? defaultOut(source, options)
  const shown = quiet ? silent : live(process.stderr, board.title ?? nameOf(source))
  const { signal, release } = interruptible(() => shown.note('stopping after this step …'))
  try {
    const ended = await runBoard({
      cells: plan.cells,
      out,
      signal,
      data,
      allowModule,
      on: shown,
      resume: options.resume ?? false,
      shard: options.shard,
      workers: processes(options.workers),
      written: portablePaths(board, from),
    })
    shown.stop()
    if (ended.ran === 0 && ended.left === 0) shown.note('nothing to do: all cells are done')
    if (signal.aborted) throw stopped(source, out, ended, options)
    print(ended, plan, out, options)
    if (ended.ran > 0) shown.note(`written to ${join(out, RESULTS)}`)
    if (ended.left > 0 || !ended.rows.every(isDone)) process.exitCode = EXIT.failed
  } finally {
    shown.stop()
    release()
  }
}

async function boardOf(source: string, set: readonly string[]): Promise<Leaderboard> {
  const raw = set
    .map(parseSet)
    .reduce((config, [path, value]) => setValue(config, path, value), await readConfig(source))
  return checked(leaderboardSchema, raw)
}

/** A backend that cannot run here is known before anything is trained. */
async function checkBackends(board: Leaderboard): Promise<void> {
  for (const name of board.backends) {
    const found = await backends[name]!().available()
    if (found.available) continue
    throw new KshotError('backend/unavailable', {
      got: `the backend ${name}, but ${found.reason}`,
      expected: 'backends that can run here',
      remedy: found.remedy,
    })
  }
}

/** `runs/<config>`; or the folder of that name beside the configuration, where results were kept in it. */
function defaultOut(source: string, { shard, resume }: Options): string {
  const kept = source.replace(/\.json$/, '')
  if (resume && existsSync(join(kept, RESULTS))) return kept
  return join('runs', `${nameOf(source)}${shard ? `-shard${shard.index}of${shard.of}` : ''}`)
}

function processes(workers: number | 'auto' = 'auto'): number {
  return workers === 'auto' ? availableParallelism() : Math.max(1, workers)
}

/** The tables on stdout, or one JSON document; then the tables are for stderr. */
function print({ rows }: Ended, { settings }: Plan, out: string, options: Options): void {
  const tables = inOrder(
    tablesOf(
      rows.map((row) => ({ path: out, row, run: false })),
      published(),
    ),
    settings.map(({ name }) => name),
  )
  if (!options.json) {
    process.stdout.write(`\n${boardText(tables, process.stdout)}`)
    return
  }
  if (!options.quiet) process.stderr.write(`\n${boardText(tables, process.stderr)}`)
  process.stdout.write(json(tables))
}

/** The settings as the configuration has them. */
function inOrder(tables: readonly Table[], settings: readonly string[]): Table[] {
  const place = ({ lines, failed }: Table) =>
    settings.indexOf((lines[0]?.rows[0] ?? failed[0]!).cell.setting)
  return [...tables].sort((a, b) => place(a) - place(b))
}

function stopped(source: string, out: string, { left }: Ended, { shard }: Options): KshotError {
  const part = shard ? ` --shard ${shard.index}/${shard.of}` : ''
  return interrupted(
    `a signal; ${left} cells remain; checkpoints are written`,
    `Continue with: npx kshot leaderboard ${source} --resume --out ${out}${part}`,
  )
}

function nothingToRun(): KshotError {
  return new KshotError('usage/nothing-to-run', {
    got: 'no configuration',
    expected: 'a file that ends in .json',
    remedy: 'See npx kshot leaderboard --schema, and the README',
  })
}
