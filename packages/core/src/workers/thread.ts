// What runs in each worker thread: its own backend, its own learners, group after group.
import { parentPort, workerData } from 'node:worker_threads'
import { coreRegistry } from '../core-registry'
import { KshotError } from '../errors'
import type { Context, Executor, Meta, MetaLearner } from '../learner'
import { rngFromKey } from '../random'
import { type Factory, fromSpec, mergedRegistries, type Registry } from '../registry'
import type { Spec } from '../spec'
import { disposeTask, type Episode } from '../task'
import { episodeScores } from '../training/evaluate'
import { sumInGroups } from '../training/executor'
import * as tree from '../tree'
import { type Backend, useBackend } from '../use-backend'
import { failureOf } from './failure'
import type { Done, Job, Modules, PlainContext, Reply, Start } from './messages'
import { pack, unpack } from './pack'

const learners = new Map<string, Promise<MetaLearner>>()
let current: { version: number; meta: Meta } | undefined

await start(workerData as Start)

async function start({ backend, executor, modules }: Start): Promise<void> {
  try {
    const device = await useBackend(await called<Backend>(backend, modules))
    const inner = await called<Executor>(executor, modules)
    // One job at a time: the next one comes when this one is answered.
    parentPort!.on('message', async (job: Job) => say(await answer(inner, job)))
    say({ kind: 'ready', device })
  } catch (error) {
    say({ kind: 'not-started', failure: failureOf(error) })
  }
}

function say(reply: Reply): void {
  parentPort!.postMessage(reply)
}

/** Backend and executor are what the app has passed to `workers`: their specs come from no file. */
async function called<T>({ package: name, export: one, options }: Spec, modules: Modules) {
  const exports = await exportsOf(name, modules)
  if (Object.hasOwn(exports, one)) return exports[one]!(options) as T
  throw new KshotError('workers/unknown-export', {
    got: `'${one}' from ${name}, which has no such export`,
    expected: 'the export that built the backend or the executor',
    remedy: `Check the version of ${name} that the threads resolve`,
  })
}

/** The functions of a package, which lies where the app has found it. */
async function exportsOf(name: string, modules: Modules): Promise<Record<string, Factory>> {
  const module = await (name === '@kshot/core' ? import('../index') : import(modules[name]!))
  const all = Object.entries(module as Record<string, unknown>)
  return Object.fromEntries(all.filter(isFactory))
}

function isFactory(entry: [name: string, value: unknown]): entry is [name: string, value: Factory] {
  return typeof entry[1] === 'function'
}

/** The learner itself, and nets and the like from core and the packages that `workers` allows. */
async function registryOf({ learner: { spec, modules } }: Job): Promise<Registry> {
  const names = Object.keys(modules)
  const all = await Promise.all(
    names.map(async (name) => [name, await exportsOf(name, modules)] as const),
  )
  const packages = Object.fromEntries(all)
  const learner = { [spec.package]: packages[spec.package] ?? {} }
  return mergedRegistries(coreRegistry, {
    learner,
    model: packages,
    optimizer: packages,
    schedule: packages,
    encoder: packages,
  })
}

async function answer(inner: Executor, job: Job): Promise<Reply> {
  try {
    const learner = await learnerOf(job)
    return await (job.kind === 'sum' ? sum : scores)(inner, learner, metaOf(job), job)
  } catch (error) {
    return { kind: 'failed', failure: failureOf(error) }
  }
}

function learnerOf(job: Job): Promise<MetaLearner> {
  const { key, spec } = job.learner
  const known = learners.get(key) ?? built(job, spec)
  learners.set(key, known)
  return known
}

async function built(job: Job, spec: Spec): Promise<MetaLearner> {
  return fromSpec<MetaLearner>(spec, 'learner', await registryOf(job))
}

function metaOf({ meta: { version, packed } }: Job): Meta {
  if (current?.version === version) return current.meta
  if (current) disposeTask(current.meta)
  current = { version, meta: unpack(packed) as Meta }
  return current.meta
}

async function sum(
  { groups }: Executor,
  learner: MetaLearner,
  meta: Meta,
  job: Job,
): Promise<Done> {
  const tasks = unpack(job.tasks) as Episode[]
  try {
    // Cloned: a learner may hand on tensors of `meta`, which stay.
    const result = tree.tidy(() =>
      tree.map(
        (tensor) => tensor.clone(),
        sumInGroups(groups, learner, meta, tasks, contextsOf(job.contexts)),
      ),
    )
    try {
      const sum = await pack(result, (bytes) => spaceFor(bytes, job.space))
      return { kind: 'sum', sum, inSpace: sum.buffer === job.space }
    } finally {
      tree.dispose(result)
    }
  } finally {
    disposeTask(tasks)
  }
}

function spaceFor(bytes: number, offered: SharedArrayBuffer): SharedArrayBuffer {
  return offered.byteLength >= bytes ? offered : new SharedArrayBuffer(bytes)
}

async function scores(inner: Executor, learner: MetaLearner, meta: Meta, job: Job): Promise<Done> {
  const episodes = unpack(job.tasks) as Episode[]
  try {
    const score = inner.scores ?? episodeScores
    return {
      kind: 'scores',
      scores: await score(learner, meta, episodes, contextsOf(job.contexts)),
    }
  } finally {
    disposeTask(episodes)
  }
}

function contextsOf(contexts: readonly PlainContext[]): Context[] {
  return contexts.map(({ key, ...rest }) => ({ ...rest, rng: rngFromKey(key) }))
}
