import { spawn } from 'node:child_process'
import { KshotError } from '@kshot/core'

/** What a step of the installation needs, and what to do when it fails. */
export interface Command {
  /** Stable, for example `native/download-failed`. */
  readonly code: string
  readonly what: string
  readonly remedy: string
  readonly run: readonly [program: string, ...args: string[]]
  readonly cwd?: string
  readonly env?: NodeJS.ProcessEnv
}

const KEPT = 2000

/** Runs a program to its end and returns what it printed; a failure is told with the end of its output. */
export function runCommand({ run, cwd, env, ...about }: Command): Promise<string> {
  const [program, ...args] = run
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let [printed, all] = ['', '']
    child.stdout.on('data', (text) => {
      printed += text
      all = `${all}${text}`.slice(-KEPT)
    })
    child.stderr.on('data', (text) => {
      all = `${all}${text}`.slice(-KEPT)
    })
    child.on('error', (cause) => reject(failed(about, program, cause.message, cause)))
    child.on('close', (code) =>
      code === 0 ? resolve(printed) : reject(failed(about, program, `${code}\n${all.trim()}\n`)),
    )
  })
}

function failed(
  { code, what, remedy }: Pick<Command, 'code' | 'what' | 'remedy'>,
  program: string,
  why: string,
  cause?: NodeJS.ErrnoException,
): KshotError {
  const got =
    cause?.code === 'ENOENT' ? `no program '${program}'` : `'${program}' ended with ${why}`
  return new KshotError(code, { got, expected: what, remedy, cause })
}
