import { Worker } from 'node:worker_threads'
import { isKshotError } from '../errors'
import type { DeviceInfo } from '../use-backend'
import { died, hung, notStarted } from './failure'
import type { Job, Reply, Start } from './messages'
import { watchdog } from './watchdog'

/** One thread as the others see it. */
export interface Thread {
  readonly worker: Worker
  /** What it computes on; fails with why it ended before it was ready. */
  readonly ready: Promise<DeviceInfo>
  give(job: Job): void
}

export interface ThreadEvents {
  ready(thread: Thread): void
  answer(thread: Thread, answer: Answer): void
  /** It ended, by itself or not. */
  gone(thread: Thread, why: Error): void
}

export type Answer = Exclude<Reply, { readonly kind: 'ready' | 'not-started' }>

export interface ThreadOptions {
  readonly entry: URL
  readonly start: Start
  readonly execArgv: readonly string[] | undefined
  /** Without an answer for so long, a thread is ended. */
  readonly patienceSeconds: number
}

/** A backend may take so long to load, whatever its tasks take. */
const STARTING_SECONDS = 60

/** Starts a thread. It keeps the process alive until it is ready, and while it works. */
export function startThread(options: ThreadOptions, on: ThreadEvents): Thread {
  const worker = workerOf(options)
  const { ready, isReady, isNot } = readiness()
  const watch = watchdog((seconds) => end(hung(seconds)))
  const thread: Thread = {
    worker,
    ready,
    give(job) {
      worker.postMessage(job)
      worker.ref()
      watch.start(options.patienceSeconds)
    },
  }
  let error: Error | undefined
  const end = (why: Error) => {
    error ??= why
    void worker.terminate()
  }
  worker.on('message', (reply: Reply) => {
    if (reply.kind === 'not-started') return end(notStarted(reply.failure))
    worker.unref()
    watch.stop()
    if (reply.kind !== 'ready') return on.answer(thread, reply)
    isReady(reply.device)
    on.ready(thread)
  })
  worker.on('messageerror', end)
  worker.on('error', (thrown: Error) => {
    error ??= thrown
  })
  worker.on('exit', (code) => {
    watch.stop()
    const why = isKshotError(error) ? error : died(code, error)
    isNot(why)
    on.gone(thread, why)
  })
  watch.start(Math.max(options.patienceSeconds, STARTING_SECONDS))
  return thread
}

function workerOf({ entry, start, execArgv }: ThreadOptions): Worker {
  return new Worker(entry, {
    workerData: start,
    ...(execArgv && { execArgv: [...execArgv] }),
  })
}

/** A promise of a device, with the functions that settle it. */
function readiness() {
  let isReady!: (device: DeviceInfo) => void
  let isNot!: (why: Error) => void
  const ready = new Promise<DeviceInfo>((resolve, reject) => {
    isReady = resolve
    isNot = reject
  })
  // Whoever waits for it hears of it; nobody has to.
  ready.catch(() => {})
  return { ready, isReady, isNot }
}
