import type { Context, Meta, Trainable } from '../learner'
import { canonicalJson } from '../spec'
import { buffers } from './buffers'
import type { Done, Job, PlainContext } from './messages'
import { modulesOf, type Resolve } from './modules'
import { pack } from './pack'
import type { Threads } from './threads'

/** Tasks that one thread runs, with their contexts. */
export interface Group {
  readonly tasks: readonly unknown[]
  readonly contexts: readonly Context[]
}

/** Runs groups on threads and hands what they gave to `use`, before the memory it lies in is used again. */
export type Call = <Result>(
  kind: Job['kind'],
  learner: Trainable<never>,
  meta: Meta,
  groups: readonly Group[],
  use: (done: readonly Done[]) => Result,
) => Promise<Result>

/** Calls to threads, which share their memory. */
export function calls(
  run: Threads['run'],
  resolve: Resolve,
  packages: readonly string[] = [],
): Call {
  const memory = buffers()
  let version = 0
  let sumBytes = 0

  return async (kind, learner, meta, groups, use) => {
    const leased: SharedArrayBuffer[] = []
    const lease = (bytes: number) => {
      const buffer = memory.lease(bytes)
      leased.push(buffer)
      return buffer
    }
    try {
      const common = {
        kind,
        learner: namedLearner(learner, resolve, packages),
        meta: { version: ++version, packed: await pack({ ...meta }, lease) },
      }
      const jobs = groups.map(async ({ tasks, contexts }): Promise<Job> => {
        const space = lease(kind === 'sum' ? sumBytes : 0)
        return { ...common, tasks: await pack(tasks, lease), contexts: contexts.map(plain), space }
      })
      const done = await run(await allDone(jobs))
      for (const one of done) {
        if (one.kind !== 'sum') continue
        sumBytes = one.sum.bytes
        // Memory that was sent comes back as another object, and must not be lent out twice.
        if (!one.inSpace) leased.push(one.sum.buffer)
      }
      return use(done)
    } finally {
      leased.forEach(memory.giveBack)
    }
  }
}

function namedLearner(
  { spec }: Trainable<never>,
  resolve: Resolve,
  packages: readonly string[],
): Job['learner'] {
  return { key: canonicalJson(spec), spec, modules: modulesOf(spec, resolve, packages) }
}

/** As `Promise.all`, but nothing goes on any more when it fails: they write into memory that is lent. */
async function allDone<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(promises)
  return Promise.all(promises)
}

function plain({ rng, ...rest }: Context): PlainContext {
  return { ...rest, key: rng.key }
}
