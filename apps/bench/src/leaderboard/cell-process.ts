import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { FailedRow } from '@kshot/results'
import type { CellEvent, CellJob } from './cell'
import type { FromChild, ToChild } from './child'

/** How a cell ended. */
export type Outcome =
  | { readonly type: 'done' }
  | { readonly type: 'stopped' }
  | { readonly type: 'failed'; readonly reason: FailedRow['reason'] }

export interface RunningCell {
  readonly ended: Promise<Outcome>
  /** Asks it to write a checkpoint and stop. */
  stop(): void
}

/** Starts a process for a cell. */
export function startCell(job: CellJob, on: (event: CellEvent) => void): RunningCell {
  // Built into one folder, whichever file this function ends up in.
  const script = fileURLToPath(new URL('./cell.js', import.meta.url))
  const child = fork(script, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
  let outcome: Outcome | undefined
  let said = ''
  child.stderr!.on('data', (text) => {
    said = `${said}${text}`.slice(-2000)
  })
  child.on('message', (message: FromChild) => {
    if (['step', 'test', 'encode'].includes(message.type)) on(message as CellEvent)
    else outcome = message as Outcome
  })
  const tell = (message: ToChild) => child.connected && child.send(message, () => {})
  tell({ type: 'job', job })
  const ended = new Promise<Outcome>((resolve) => {
    child.on('error', (error) => resolve(crashed(error.message)))
    child.on('close', (code, signal) => resolve(outcome ?? unsaid(code, signal, said)))
  })
  return { ended, stop: () => tell({ type: 'stop' }) }
}

/** A process that ended without a word: Ctrl-C may come before it can say one. */
function unsaid(code: number | null, signal: NodeJS.Signals | null, said: string): Outcome {
  if (signal === 'SIGINT' || signal === 'SIGTERM') return { type: 'stopped' }
  const lines = said.trim().split('\n').slice(-3).join(' / ')
  const how = signal ? `was killed by ${signal}` : `ended with code ${code}`
  const why = signal === 'SIGKILL' ? ' (out of memory?)' : ''
  return crashed(`its process ${how}${why}${lines ? `: ${lines}` : ''}`)
}

/** For a cell that was stopped by somebody else, while the others go on. */
export function crashed(got: string): Extract<Outcome, { type: 'failed' }> {
  return {
    type: 'failed',
    reason: {
      code: 'cell/crashed',
      got,
      expected: 'a process that finishes',
      remedy: 'Try again with --resume, and with fewer --workers if memory is short',
    },
  }
}
