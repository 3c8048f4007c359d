import type { Worker } from 'node:worker_threads'
import type { DeviceInfo } from '../use-backend'
import { disposed, notSendable, taskFailed } from './failure'
import type { Done, Job } from './messages'
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

/** Jobs that fail together. */
interface Call {
  readonly done: Done[]
  open: number
  failure: Error | undefined
  readonly settle: () => void
}

interface Assignment {
  readonly job: Job
  readonly index: number
  readonly call: Call
  attempts: number
}

/** What a thread does: its assignment, or one of two words. */
type Doing = Assignment | 'starting' | 'nothing'

/** Starts the threads; a process may end while they wait for work. */
export async function threads(options: ThreadsOptions): Promise<Threads> {
  const { count, onDeath, onThread } = options
  const crew = new Map<Thread, Doing>()
  let waiting: Assignment[] = []
  let ended = false

  function spawn(): Thread {
    const thread = startThread(options, { ready: rest, answer, gone })
    crew.set(thread, 'starting')
    onThread?.(thread.worker)
    return thread
  }

  function rest(thread: Thread): void {
    crew.set(thread, 'nothing')
    assign()
  }

  /** Gives what waits to who is free, and replaces threads that are gone. */
  function assign(): void {
    for (const [thread, doing] of crew) {
      if (doing === 'nothing' && waiting.length > 0) give(thread, waiting.shift()!)
    }
    const starting = [...crew.values()].filter((doing) => doing === 'starting').length
    for (let i = starting; i < waiting.length && crew.size < count; i++) spawn()
  }

  function give(thread: Thread, assignment: Assignment): void {
    try {
      thread.give(assignment.job)
      assignment.attempts++
      crew.set(thread, assignment)
    } catch (error) {
      fail(assignment, notSendable(error))
    }
  }

  function answer(thread: Thread, reply: Answer): void {
    const assignment = crew.get(thread) as Assignment
    if (reply.kind === 'failed') fail(assignment, taskFailed(reply.failure))
    else {
      assignment.call.done[assignment.index] = reply
      close(assignment.call)
    }
    rest(thread)
  }

  function gone(thread: Thread, why: Error): void {
    const doing = crew.get(thread)
    crew.delete(thread)
    if (typeof doing === 'object') {
      if (!ended && onDeath === 'redo' && doing.attempts < 2) waiting.unshift(doing)
      else fail(doing, ended ? disposed() : why)
    }
    // What could not start once would not start the next time either.
    if (ended || doing === 'starting') while (waiting[0]) fail(waiting.shift()!, why)
    if (!ended) assign()
  }

  /** The rest of the call is not begun; what runs of it is waited for. */
  function fail({ call }: Assignment, why: Error): void {
    call.failure ??= why
    const dropped = waiting.filter((other) => other.call === call)
    waiting = waiting.filter((other) => other.call !== call)
    for (const _ of [...dropped, call]) close(call)
  }

  function close(call: Call): void {
    call.open--
    if (call.open === 0) call.settle()
  }

  async function dispose(): Promise<void> {
    ended = true
    await Promise.all([...crew.keys()].map(({ worker }) => worker.terminate()))
  }

  function run(jobs: readonly Job[]): Promise<Done[]> {
    if (ended) return Promise.reject(disposed())
    if (jobs.length === 0) return Promise.resolve([])
    return new Promise((resolve, reject) => {
      const settle = () => (call.failure ? reject(call.failure) : resolve(call.done))
      const call: Call = { done: [], open: jobs.length, failure: undefined, settle }
      waiting.push(...jobs.map((job, index) => ({ job, index, call, attempts: 0 })))
      assign()
    })
  }

  try {
    const devices = await Promise.all(Array.from({ length: count }, () => spawn().ready))
    return { device: devices[0]!, run, dispose }
  } catch (error) {
    await dispose()
    throw error
  }
}
