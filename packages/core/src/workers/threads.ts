import type { Worker } from 'node:worker_threads'
import type { DeviceInfo } from '../use-backend'
import { disposed, notSendable, taskFailed } from './failure'
import type { Done, Job } from './messages'
import { type Assignment, jobQueue, type Queue } from './queue'
import { type Answer, startThread, type Thread, type ThreadOptions } from './start-thread'

export interface ThreadsOptions extends ThreadOptions {
  readonly count: number
  /** What happens to a job whose thread died: once more on another thread, or an error. */
  readonly onDeath: 'redo' | 'stop'
  readonly onThread: ((thread: Worker) => void) | undefined
}

/** Threads that take jobs as they become free. */
export interface Threads {
  readonly device: DeviceInfo
  /** What became of each job, in their order. Settles once none of them runs any more. */
  run(jobs: readonly Job[]): Promise<Done[]>
  dispose(): Promise<void>
}

/** What a thread does: its assignment, or one of two words. */
type Doing = Assignment | 'starting' | 'nothing'

interface Pool {
  readonly options: ThreadsOptions
  readonly crew: Map<Thread, Doing>
  readonly queue: Queue
  ended: boolean
}

/** Starts the threads; a process may end while they wait for work. */
export async function threads(options: ThreadsOptions): Promise<Threads> {
  const pool: Pool = { options, crew: new Map(), queue: jobQueue(), ended: false }
  try {
    const started = Array.from({ length: options.count }, () => spawn(pool).ready)
    const [device] = await Promise.all(started)
    return { device: device!, run: (jobs) => run(pool, jobs), dispose: () => dispose(pool) }
  } catch (error) {
    await dispose(pool)
    throw error
  }
}

function spawn(pool: Pool): Thread {
  const thread = startThread(pool.options, {
    ready: (thread) => rest(pool, thread),
    answer: (thread, reply) => answered(pool, thread, reply),
    gone: (thread, why) => gone(pool, thread, why),
  })
  pool.crew.set(thread, 'starting')
  pool.options.onThread?.(thread.worker)
  return thread
}

async function run(pool: Pool, jobs: readonly Job[]): Promise<Done[]> {
  if (pool.ended) throw disposed()
  if (jobs.length === 0) return []
  const done = pool.queue.add(jobs)
  assign(pool)
  return done
}

function rest(pool: Pool, thread: Thread): void {
  pool.crew.set(thread, 'nothing')
  assign(pool)
}

/** Gives what waits to who is free, and replaces threads that are gone. */
function assign(pool: Pool): void {
  const { crew, queue, options } = pool
  for (const [thread, doing] of crew) {
    if (doing === 'nothing' && queue.length > 0) give(pool, thread, queue.next()!)
  }
  const starting = [...crew.values()].filter((doing) => doing === 'starting').length
  for (let i = starting; i < queue.length && crew.size < options.count; i++) spawn(pool)
}

function give({ crew, queue }: Pool, thread: Thread, assignment: Assignment): void {
  try {
    thread.give(assignment.job)
    assignment.attempts++
    crew.set(thread, assignment)
  } catch (error) {
    queue.fail(assignment, notSendable(error))
  }
}

function answered(pool: Pool, thread: Thread, reply: Answer): void {
  const assignment = pool.crew.get(thread) as Assignment
  if (reply.kind === 'failed') pool.queue.fail(assignment, taskFailed(reply.failure))
  else pool.queue.complete(assignment, reply)
  rest(pool, thread)
}

function gone(pool: Pool, thread: Thread, why: Error): void {
  const { crew, queue, ended, options } = pool
  const doing = crew.get(thread)
  crew.delete(thread)
  if (typeof doing === 'object') {
    if (!ended && options.onDeath === 'redo' && doing.attempts < 2) queue.again(doing)
    else queue.fail(doing, ended ? disposed() : why)
  }
  // What could not start once would not start the next time either.
  if (ended || doing === 'starting') while (queue.length > 0) queue.fail(queue.next()!, why)
  if (!ended) assign(pool)
}

async function dispose(pool: Pool): Promise<void> {
  pool.ended = true
  await Promise.all([...pool.crew.keys()].map(({ worker }) => worker.terminate()))
}
