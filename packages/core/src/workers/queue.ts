import type { Done, Job } from './messages'

/** A job on its way through threads. */
export interface Assignment {
  readonly job: Job
  readonly index: number
  readonly call: Call
  /** How often a thread was given it. */
  attempts: number
}

/** Jobs that fail together. */
interface Call {
  readonly done: Done[]
  open: number
  failure: Error | undefined
  readonly settle: () => void
}

/** Jobs that wait for a thread, in the order in which they came. */
export interface Queue {
  readonly length: number
  /** What became of each job, in their order. Settles once none of them runs any more. */
  add(jobs: readonly Job[]): Promise<Done[]>
  next(): Assignment | undefined
  /** Puts an assignment back to the front. */
  again(assignment: Assignment): void
  complete(assignment: Assignment, done: Done): void
  /** Fails the whole call: the rest of it is not begun; what runs of it is waited for. */
  fail(assignment: Assignment, why: Error): void
}

export function jobQueue(): Queue {
  let waiting: Assignment[] = []
  return {
    get length() {
      return waiting.length
    },
    add(jobs) {
      return new Promise((resolve, reject) => {
        const settle = () => (call.failure ? reject(call.failure) : resolve(call.done))
        const call: Call = { done: [], open: jobs.length, failure: undefined, settle }
        waiting.push(...jobs.map((job, index) => ({ job, index, call, attempts: 0 })))
      })
    },
    next: () => waiting.shift(),
    again(assignment) {
      waiting.unshift(assignment)
    },
    complete({ call, index }, done) {
      call.done[index] = done
      close(call)
    },
    fail({ call }, why) {
      call.failure ??= why
      const dropped = waiting.filter((other) => other.call === call)
      waiting = waiting.filter((other) => other.call !== call)
      for (const _ of [...dropped, call]) close(call)
    },
  }
}

function close(call: Call): void {
  call.open--
  if (call.open === 0) call.settle()
}
