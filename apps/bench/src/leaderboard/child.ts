import { isKshotError } from '@kshot/core'
import type { FailedRow } from '@kshot/results'
import { allowRelaxedSimd } from '../backends/relaxed-simd'
import { EXIT } from '../process/exit-codes'
import { interrupted, interruptible } from '../process/interrupt'
import { type CellEvent, type CellJob, reasonOf, runCell } from './cell'

/** What a cell's process says to the leaderboard's. */
export type FromChild =
  | CellEvent
  | { readonly type: 'done' }
  | { readonly type: 'stopped' }
  | { readonly type: 'failed'; readonly reason: FailedRow['reason'] }

/** What it is told: its job, once; to write a checkpoint and stop. */
export type ToChild = { readonly type: 'job'; readonly job: CellJob } | { readonly type: 'stop' }

/** Between two reports of steps. */
const REPORT_MS = 200

/** One cell of a leaderboard, in a separate process. */
async function main(): Promise<void> {
  // Ctrl-C in a terminal reaches this process too.
  const { signal } = interruptible(() => {})
  const stop = new AbortController()
  const onStop = () => stop.abort(interrupted())
  // Whoever waits for this cell is gone: kill -9 takes no children along.
  process.on('disconnect', onStop)
  process.on('message', ({ type }: ToChild) => type === 'stop' && onStop())
  const job = await jobOf()
  const end = await ended(job, AbortSignal.any([signal, stop.signal]))
  await say(end)
  process.exit(
    end.type === 'done' ? EXIT.done : end.type === 'stopped' ? EXIT.interrupted : EXIT.failed,
  )
}

async function ended(job: CellJob, signal: AbortSignal): Promise<FromChild> {
  try {
    await runCell(job, signal, throttled())
    return { type: 'done' }
  } catch (error) {
    if (signal.aborted || isKshotError(error, 'run/interrupted')) return { type: 'stopped' }
    return { type: 'failed', reason: reasonOf(error) }
  }
}

function jobOf(): Promise<CellJob> {
  return new Promise((resolve) => {
    process.on('message', (message: ToChild) => message.type === 'job' && resolve(message.job))
  })
}

/** Few messages: a tiny net does thousands of steps a second. */
function throttled(): (event: CellEvent) => void {
  let last = Number.NEGATIVE_INFINITY
  return (event) => {
    const notable = event.type === 'step' && event.validation !== undefined
    if (!notable && performance.now() - last < REPORT_MS) return
    last = performance.now()
    void say(event)
  }
}

/** Says something if there is still somebody to hear it. */
function say(message: FromChild): Promise<void> {
  return new Promise((resolve) => {
    if (!process.connected) return resolve()
    process.send!(message, undefined, undefined, () => resolve())
  })
}

allowRelaxedSimd()
await main()
