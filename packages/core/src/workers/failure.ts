import { isKshotError, KshotError } from '../errors'

/** An error as it comes from another thread: the stack is that of the thread. */
export interface Failure {
  readonly name: string
  readonly message: string
  readonly stack: string
  /** Of a `KshotError`. */
  readonly parts?: {
    readonly code: string
    readonly got: string
    readonly expected: string
    readonly remedy: string
  }
}

export function failureOf(thrown: unknown): Failure {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown))
  const { name, message, stack = message } = error
  if (!isKshotError(error)) return { name, message, stack }
  const { code, got, expected, remedy } = error
  return { name, message, stack, parts: { code, got, expected, remedy } }
}

/** The error again, in this thread. */
export function errorOf({ name, message, stack, parts }: Failure): Error {
  const error = parts ? new KshotError(parts.code, parts) : new Error(message)
  return Object.assign(error, { name, stack })
}

/** `workers/task-failed`: what a learner threw in a thread; the error itself is the cause. */
export function taskFailed(failure: Failure): KshotError {
  return withStack('workers/task-failed', failure, {
    got: `in a worker thread: ${failure.message}`,
    expected: 'a group of tasks that completes',
    remedy: 'The stack trace comes from the thread; run without workers to debug',
  })
}

/** `workers/not-started`: a thread could not load its backend or executor. */
export function notStarted(failure: Failure): KshotError {
  return withStack('workers/not-started', failure, {
    got: `a worker thread that did not start: ${failure.message}`,
    expected: 'a thread with the backend and the executor',
    remedy: 'Check that the backend runs here, and that the app can import the packages of both',
  })
}

/** `workers/died`: a thread ended in the middle of its work. */
export function died(exitCode: number, error: unknown): KshotError {
  const failure = error === undefined ? undefined : failureOf(error)
  const why = failure ? `: ${failure.message}` : ', without an error'
  return withStack('workers/died', failure, {
    got: `a worker thread that ended with exit code ${exitCode}${why}`,
    expected: 'a thread that runs until it is disposed of',
    remedy: 'Look for process.exit, or for a lack of memory: fewer workers need less',
  })
}

/** `workers/hung`: a thread that gave no answer. */
export function hung(seconds: number): KshotError {
  return new KshotError('workers/hung', {
    got: `a worker thread that has not answered for ${seconds} s`,
    expected: 'an answer to each group of tasks',
    remedy: 'If its tasks take so long, raise patienceSeconds; else run without workers to debug',
  })
}

export function disposed(): KshotError {
  return new KshotError('workers/disposed', {
    got: 'work for disposed threads',
    expected: 'running threads',
    remedy: 'Dispose of an executor only when nothing uses it any more',
  })
}

export function notSendable(cause: unknown): KshotError {
  return new KshotError('workers/not-sendable', {
    got: `a task that cannot be sent to another thread: ${(cause as Error).message}`,
    expected: 'tasks of plain data and tensors',
    remedy: 'Take functions and instances out of the tasks',
    cause,
  })
}

type Parts = Pick<KshotError, 'got' | 'expected' | 'remedy'>

function withStack(code: string, failure: Failure | undefined, parts: Parts): KshotError {
  if (!failure) return new KshotError(code, parts)
  const error = new KshotError(code, { ...parts, cause: errorOf(failure) })
  error.stack += `\nin the worker thread: ${failure.stack}`
  return error
}
