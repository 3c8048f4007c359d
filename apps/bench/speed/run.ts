// pnpm bench: every case on every backend, executor and number of workers, each in its own process.
import { execFile } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { availableParallelism, cpus } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import Table from 'cli-table3'
import { Command, Option } from 'commander'
import { EXECUTORS, type ExecutorName } from '../src/backends/executors'
import { commit, versions } from '../src/running/provenance'
import { growth } from './growth'
import { growthPicture } from './growth-picture'
import type { Measured, Request } from './measure'
import { type PeerFigure, peerFigures } from './peers'

const here = fileURLToPath(new URL('.', import.meta.url))
const list = (text: string) => text.split(',')
const numbers = (text: string) =>
  list(text).map((count) => (count === 'auto' ? availableParallelism() : Number(count)))

interface Options {
  readonly case: string
  readonly backend: string[]
  readonly executor: ExecutorName[]
  readonly workers: number[]
  readonly runs: number
  readonly time: number
  readonly growth?: boolean
  readonly peers?: string
  readonly json?: boolean
  readonly out: string
}

const program = new Command('bench')
  .description('measure the speed of meta-training and of adaptation')
  .addOption(new Option('--case <regex>', 'which cases').default(''))
  .addOption(new Option('--backend <names>').argParser(list).default(['wasm']))
  .addOption(new Option('--executor <names>').argParser(list).default([...EXECUTORS]))
  .addOption(
    new Option('--workers <numbers>', '0 for none, auto for one per core')
      .argParser(numbers)
      .default([0]),
  )
  .addOption(new Option('--runs <n>', 'at least so many a case').argParser(Number).default(10))
  .addOption(new Option('--time <ms>', 'at least so long a case').argParser(Number).default(2000))
  .addOption(new Option('--growth', 'how cost grows with way, shot, steps, meta-batch, workers'))
  .addOption(new Option('--peers <python>', 'a Python that has torch: the same cases there'))
  .addOption(new Option('--out <dir>', 'where results go').default('runs/speed'))
  .addOption(new Option('--json', 'one JSON document on stdout'))
  .parse()

const options = program.opts<Options>()
const cases = options.growth ? growthNames() : caseNames()
const measured: Measured[] = []
const peers: PeerFigure[] = []
for (const name of cases) {
  for (const request of requests(name)) {
    const figure = await measure(request)
    if (figure) measured.push(figure)
  }
  // In the same run, so that both meet the same machine.
  // In the same run, so that both meet the same machine; a line of growth has no counterpart there.
  if (options.peers && !options.growth) peers.push(...(await peerFigures(options.peers, name, say)))
}
await write()

function caseNames(): string[] {
  // Beside each lies its source map.
  const files = readdirSync(join(here, 'cases')).filter((file) => file.endsWith('.js'))
  const names = files.map((file) => file.replace(/\.js$/, ''))
  return names.filter((name) => new RegExp(options.case).test(name))
}

function growthNames(): string[] {
  const names = Object.keys(growth).filter((name) => new RegExp(options.case).test(name))
  return names.flatMap((name) => growth[name]!.points.map((value) => `${name}=${value}`))
}

function requests(name: string): Request[] {
  const { runs, time, backend, executor, workers } = options
  const single = name.startsWith('latency')
  const own = name.includes('-workers=') ? [Number(name.split('=')[1])] : workers
  const executors = single ? executor.slice(0, 1) : executor
  return backend.flatMap((backend) =>
    executors.flatMap((executor) =>
      (single ? [0] : own).map((workers) => ({ name, backend, executor, workers, runs, time })),
    ),
  )
}

async function measure(request: Request): Promise<Measured | undefined> {
  const { name, backend, executor, workers } = request
  const what = `${name}  ${backend} ${executor}${workers > 0 ? ` × ${workers} workers` : ''}`
  try {
    const args = [join(here, 'measure.js'), JSON.stringify(request)]
    const { stdout } = await promisify(execFile)(process.execPath, args)
    const figure = JSON.parse(stdout) as Measured
    say(`${what}  ${figure.median.toFixed(1)} ms each ${figure.unit}`)
    return figure
  } catch (error) {
    // One case that fails is one line; the others go on.
    say(`${what}  failed: ${String((error as { stderr?: string }).stderr ?? error).slice(-400)}`)
    process.exitCode = 1
    return undefined
  }
}

function say(text: string): void {
  process.stderr.write(`${text}\n`)
}

async function write(): Promise<void> {
  const document = {
    device: `${cpus().length} × ${cpus()[0]?.model}`,
    node: process.version,
    versions: versions(),
    commit: commit(),
    finishedAt: new Date().toISOString(),
    measured,
    peers,
  }
  await mkdir(options.out, { recursive: true })
  const name = options.growth ? 'growth' : 'speed'
  await writeFile(join(options.out, `${name}.json`), `${JSON.stringify(document, null, 2)}\n`)
  if (options.growth) await writeFile(join(options.out, 'growth.svg'), growthPicture(measured))
  process.stdout.write(options.json ? `${JSON.stringify(document, null, 2)}\n` : `${table()}\n`)
}

function table(): string {
  const rows = new Table({
    head: ['case', 'runs on', 'ms each', 'each second', 'runs', 'MiB', 'PyTorch ms', 'ratio'],
    style: { head: [], border: [] },
    colAligns: ['left', 'left', 'right', 'right', 'right', 'right', 'right', 'right'],
  })
  for (const figure of measured) {
    const { name, backend, executor, workers, median, spread, perSecond, runs } = figure
    const peer = fastest(name)
    rows.push([
      name,
      `${backend} ${executor}${workers > 0 ? ` × ${workers}` : ''}`,
      `${median.toFixed(1)} ± ${spread.toFixed(1)}`,
      perSecond.toPrecision(3),
      runs,
      Math.round(figure.peakMemoryBytes / 2 ** 20),
      peer ? `${peer.median.toFixed(1)} (${peer.variant})` : '–',
      peer ? (median / peer.median).toFixed(2) : '–',
    ])
  }
  return rows.toString()
}

/** The fastest way in which PyTorch ran the same case. */
function fastest(name: string): PeerFigure | undefined {
  const same = peers.filter((peer) => peer.name === name)
  return same.sort((a, b) => a.median - b.median)[0]
}
