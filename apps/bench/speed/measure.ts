// Measures one case in a process of its own, so that its memory is its own: a line of JSON.
import { useBackend } from '@kshot/core'
import { Bench } from 'tinybench'
import { backends } from '../src/backends/backends'
import { type ExecutorName, openExecutor } from '../src/backends/executors'
import { allowRelaxedSimd } from '../src/backends/relaxed-simd'
import type { SpeedCase } from './case'
import { growth } from './growth'

/** What is measured, and how. */
export interface Request {
  /** A file of `cases`, or a line of growth with a value: `maml-steps=5`. */
  readonly name: string
  readonly backend: string
  readonly executor: ExecutorName
  /** 0 for none. */
  readonly workers: number
  /** Runs after the warm-up: at least so many, and for at least so many milliseconds. */
  readonly runs: number
  readonly time: number
}

export interface Measured extends Request {
  readonly unit: SpeedCase['unit']
  readonly kernels: string
  /** Of one episode, task or query; milliseconds. */
  readonly median: number
  /** The median distance from the median. */
  readonly spread: number
  readonly perSecond: number
  readonly peakMemoryBytes: number
}

async function caseOf(name: string): Promise<SpeedCase> {
  const [line, value] = name.split('=')
  if (value !== undefined) return growth[line!]!.at(Number(value))
  return (await import(new URL(`./cases/${name}.js`, import.meta.url).href)).default as SpeedCase
}

async function measure(request: Request): Promise<Measured> {
  const { backend, workers, runs, time } = request
  const { kernels } = await useBackend(backends[backend]!(workers))
  const { executor, dispose } = await openExecutor(request)
  const speedCase = await caseOf(request.name)
  const perRun = speedCase.perRun(workers)
  const prepared = speedCase.prepare(executor, perRun)
  // The first runs compile; they are not counted.
  const bench = new Bench({
    iterations: runs,
    time,
    warmupIterations: Math.min(3, runs),
    warmupTime: 0,
    throws: true,
  })
  bench.add(request.name, () => prepared.run())
  const [task] = await bench.run()
  prepared.dispose()
  await dispose()
  const { result } = task!
  if (!('latency' in result)) throw new Error(`${request.name} ended as ${result.state}`)
  const { p50, mad, samplesCount } = result.latency
  return {
    ...request,
    unit: speedCase.unit,
    kernels,
    median: p50 / perRun,
    spread: mad / perRun,
    perSecond: (1000 * perRun) / p50,
    runs: samplesCount,
    peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
  }
}

allowRelaxedSimd()
process.stdout.write(`${JSON.stringify(await measure(JSON.parse(process.argv[2]!)))}\n`)
