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
export function startThread(
  { entry, start, execArgv, patienceSeconds }: ThreadOptions,
  on: ThreadEvents,
): Thread {
  const worker = new Worker(entry, {
    workerData: start,
    ...(execArgv && { execArgv: [...execArgv] }),
  })
  const watch = watchdog((seconds) => end(hung(seconds)))
  let error: Error | undefined
  let isReady: (device: DeviceInfo) => void
  let isNot: (why: Error) => void
  const ready = new Promise<DeviceInfo>((resolve, reject) => {
    ;[isReady, isNot] = [resolve, reject]
  })
  // Whoever waits for it hears of it; nobody has to.
  ready.catch(() => {})
  const thread: Thread = {
    worker,
    ready,
    give(job) {
      worker.postMessage(job)
      worker.ref()
      watch.start(patienceSeconds)
    },
  }
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
  watch.start(Math.max(patienceSeconds, STARTING_SECONDS))
  return thread
}
