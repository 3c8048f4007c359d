import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import type { Worker } from 'node:worker_threads'
import { KshotError } from '../errors'
import type { Context, EpisodeScore, Executor, Meta, MetaGradient, Trainable } from '../learner'
import type { Spec } from '../spec'
import { addInChunks, CHUNK, groupRanges, meanOf, taskContexts } from '../training/executor'
import { sequential } from '../training/sequential'
import * as tree from '../tree'
import type { Backend, DeviceInfo } from '../use-backend'
import { calls, type Group } from './calls'
import type { Done } from './messages'
import { fromMainModule, moduleUrls, type Resolve } from './modules'
import { type Packed, unpack } from './pack'
import { threads } from './threads'

export interface WorkersOptions {
  /** How many threads; `auto`: one per core that the process may use. */
  readonly count: number | 'auto'
  /** Each thread has its own instance. */
  readonly backend: Backend
  /** How a thread runs a group of tasks; `sequential()` by default. */
  readonly executor?: Executor
  /**
   * Where to find the packages of specs, for example `(name) => import.meta.resolve(name)`: only the app can
   * resolve its own. Default: as the script that Node was started with would.
   */
  readonly resolve?: Resolve
  /**
   * Packages, besides @kshot/core and the learner's own, that nets, optimizers and encoders come from,
   * as in `['@kshot/siamese']`: a learner's spec can name no others.
   */
  readonly packages?: readonly string[]
  /**
   * A thread that gives no answer for so many seconds hangs, and is ended as if it had died. Default 600;
   * pass more for groups of tasks that take longer.
   */
  readonly patienceSeconds?: number
  /** If a thread dies, its group is run again on another thread (`redo`, the default), or the run stops. */
  readonly onDeath?: 'redo' | 'stop'
  /** The file that a thread runs, for bundled apps: `dist/worker.js` of this package. */
  readonly entry?: URL
  /** Node's options for the threads; by default those of the process. */
  readonly execArgv?: readonly string[]
  /** Called with each thread when it starts. */
  readonly onThread?: (thread: Worker) => void
}

/** An executor whose threads run until it is disposed of. */
export interface WorkersExecutor extends Executor {
  readonly count: number
  /** What a thread computes on. */
  readonly device: DeviceInfo
  metaGradient<Task>(
    learner: Trainable<Task>,
    meta: Meta,
    tasks: readonly Task[],
    ctx: Context,
  ): Promise<MetaGradient>
  scores: NonNullable<Executor['scores']>
  /** Ends all threads. A process can also end without it. */
  dispose(): Promise<void>
}

/**
 * Spreads tasks and test episodes over threads, each with its own backend. The sums of
 * the groups are added in their order, so the bytes are those of `executor` in one thread, whatever
 * the count. Learners are rebuilt from their specs, and tasks are sent: both must be plain data.
 * @throws `workers/bad-count`, `workers/not-started`, `workers/unknown-package`; in a step `spec/not-allowed`,
 *   `workers/task-failed`, `workers/died`, `workers/hung`, `workers/not-sendable`, `workers/bad-dtype`, each with the
 *   stack of the thread where there is one
 * @example
 * const executor = await workers({ count: 'auto', backend: wasm() })
 * const { meta } = await metaTrain({ learner, optimizer, tasks, steps: 2000, metaBatch: 32, executor })
 * await executor.dispose()
 */
export async function workers(options: WorkersOptions): Promise<WorkersExecutor> {
  const { backend, executor: inner = sequential(), onDeath = 'redo' } = options
  const { resolve = fromMainModule(), packages, entry = threadFile() } = options
  const { execArgv, onThread, patienceSeconds = 600 } = options
  checkPatience(patienceSeconds)
  const count = checkedCount(options.count)
  const spec = specOf(count, backend, inner, onDeath)
  const modules = moduleUrls([backend.spec.package, inner.spec.package], resolve)
  const start = { backend: backend.spec, executor: inner.spec, modules }
  const pool = await threads({ count, entry, start, onDeath, execArgv, onThread, patienceSeconds })
  const call = calls(pool.run, resolve, packages)
  const { size } = inner.groups
  return {
    spec,
    name: `${inner.name} × ${count} workers`,
    groups: inner.groups,
    count,
    device: pool.device,
    metaGradient(learner, meta, tasks, ctx) {
      const piece = pieceOf(tasks.length, count, size)
      const groups = inGroups(tasks, taskContexts(ctx, 0, tasks.length), piece)
      return call('sum', learner, meta, groups, (done) =>
        tree.tidy(() => meanOf(addInChunks(sumsOf(done), piece), tasks.length)),
      )
    },
    scores(learner, meta, episodes, contexts) {
      const groups = inGroups(episodes, contexts, inner.scores ? size : 1)
      return call('scores', learner, meta, groups, scoresOf)
    },
    dispose: pool.dispose,
  }
}

/** Tasks with their contexts, `size` to a group. */
function inGroups(
  tasks: readonly unknown[],
  contexts: readonly Context[],
  size: number,
): readonly Group[] {
  return groupRanges(tasks.length, size).map(({ from, to }) => ({
    tasks: tasks.slice(from, to),
    contexts: contexts.slice(from, to),
  }))
}

/**
 * How many tasks a thread is given at a time: a whole chunk, whose sum comes back as one, where chunks
 * go evenly into the threads; else a group, so that all threads have work.
 */
function pieceOf(tasks: number, count: number, size: number): number {
  return size < CHUNK && tasks > 0 && tasks % (count * CHUNK) === 0 ? CHUNK : size
}

function* sumsOf(done: readonly Done[]): Generator<MetaGradient> {
  for (const one of done) yield unpack((one as { sum: Packed }).sum) as MetaGradient
}

function scoresOf(done: readonly Done[]): EpisodeScore[] {
  return done.flatMap((one) => (one as { scores: EpisodeScore[] }).scores)
}

function specOf(count: number, backend: Backend, executor: Executor, onDeath: string): Spec {
  const options = { count, backend: backend.spec, executor: executor.spec, onDeath }
  return { package: '@kshot/core/node', export: 'workers', options }
}

function checkedCount(count: number | 'auto'): number {
  if (count === 'auto') return availableParallelism()
  if (Number.isInteger(count) && count > 0) return count
  throw new KshotError('workers/bad-count', {
    got: `${count} workers`,
    expected: "a whole number of at least 1, or 'auto'",
    remedy: "Pass 'auto' for one per core",
  })
}

/** A timer of Node counts no longer than 24 days. */
const MOST_PATIENCE = 1_000_000

function checkPatience(seconds: number): void {
  if (seconds > 0 && seconds <= MOST_PATIENCE) return
  throw new KshotError('workers/bad-option', {
    got: `patienceSeconds ${seconds}`,
    expected: `a number above 0, of at most ${MOST_PATIENCE}`,
    remedy: 'Leave it out for ten minutes',
  })
}

/** Beside the built file; from source, where it was built to. */
function threadFile(): URL {
  const places = ['./worker.js', '../../dist/worker.js']
  const urls = places.map((place) => new URL(place, import.meta.url))
  const found = urls.find((url) => url.protocol === 'file:' && existsSync(fileURLToPath(url)))
  if (found) return found
  throw new KshotError('workers/not-started', {
    got: `no file worker.js next to ${import.meta.url}`,
    expected: 'the file that a thread runs',
    remedy: 'If the app is bundled, pass entry: the URL of dist/worker.js of @kshot/core',
  })
}
