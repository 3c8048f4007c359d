// What runs in each worker thread: its own backend, its own learners, group after group.
import { parentPort, workerData } from 'node:worker_threads'
import type { Context, Executor, Meta, MetaLearner } from '../learner'
import { rngFromKey } from '../random'
import { fromSpec, type ModuleLoader } from '../spec'
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
    const device = await useBackend(await fromSpec<Backend>(backend, loader(modules)))
    const inner = await fromSpec<Executor>(executor, loader(modules))
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

/** Packages by the URLs that the app has resolved. */
function loader(modules: Modules): ModuleLoader {
  return (name) => (name === '@kshot/core' ? import('../index') : import(modules[name]!))
}

async function answer(inner: Executor, job: Job): Promise<Reply> {
  try {
    const learner = await learnerOf(job)
    return await (job.kind === 'sum' ? sum : scores)(inner, learner, metaOf(job), job)
  } catch (error) {
    return { kind: 'failed', failure: failureOf(error) }
  }
}

function learnerOf({ learner: { key, spec, modules } }: Job): Promise<MetaLearner> {
  const known = learners.get(key) ?? fromSpec<MetaLearner>(spec, loader(modules))
  learners.set(key, known)
  return known
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
