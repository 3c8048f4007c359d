import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { built } from './built'

const CLI = built('../cli.js')

/** What a process of kshot came to. */
export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
  /** It was given up. */
  readonly hangs: boolean
  /** It ended well, or with an error that has a code, or as usage of the command line that is none. */
  readonly typed: boolean
  /** The first lines of its error. */
  readonly said: string
  /** Processor time of it and its children. */
  readonly seconds: number
  /** Beyond what Node itself takes. */
  readonly mebibytes: number
}

export interface Options {
  readonly cwd?: string
  readonly env?: NodeJS.ProcessEnv
  /** Files of `preload/` that are run before kshot. */
  readonly preload?: readonly string[]
  /** A `ulimit` of the shell, as in `-n 64`. */
  readonly ulimit?: string
  readonly hangsMs?: number
  /** Options of Node. */
  readonly node?: readonly string[]
}

export interface Running {
  readonly child: ChildProcess
  readonly ended: Promise<Ended>
}

/** A folder for the files of one attack, which is gone when the process ends. */
export function folderFor(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `kshot-${name}-`))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** What Node itself and its libraries take. */
const NODE_MEBIBYTES = 50

/** Starts kshot. */
export function start(args: readonly string[], options: Options = {}): Running {
  const { cwd, env, preload = [], ulimit, hangsMs = 120_000, node = [] } = options
  const usage = mkdtempSync(join(tmpdir(), 'kshot-usage-'))
  const imports = ['usage', ...preload].map(
    (name) => `--import ${pathToFileURL(built(`preload/${name}.js`)).href}`,
  )
  const command = [process.execPath, ...node, CLI, ...args]
  const limited = ['bash', '-c', `ulimit ${ulimit}; exec "$@"`, 'bash', ...command]
  const [file, ...rest] = ulimit === undefined ? command : limited
  const child = spawn(file!, rest, {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      NO_COLOR: '1',
      KSHOT_DATA: '',
      KSHOT_USAGE: usage,
      NODE_OPTIONS: imports.join(' '),
      ...env,
    },
  })
  let [stdout, stderr, hangs] = ['', '', false]
  child.stdout!.on('data', (data) => (stdout += data))
  child.stderr!.on('data', (data) => (stderr += data))
  const timer = setTimeout(() => {
    hangs = true
    child.kill('SIGKILL')
  }, hangsMs)
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      const said = stderr.trim().split('\n').slice(0, 2).join(' ').slice(0, 300)
      const typed = code === 0 || isTyped(code, stderr) || tellsFailure(code, stdout)
      resolve({ code, signal, stdout, stderr, hangs, typed, said, ...usedIn(usage) })
      rmSync(usage, { recursive: true, force: true })
    })
  })
  return { child, ended }
}

export function kshot(args: readonly string[], options?: Options): Promise<Ended> {
  return start(args, options).ended
}

function isTyped(code: number | null, stderr: string): boolean {
  if (code === 2 && /^error: /m.test(stderr)) return true
  if (code === 130) return /stopped by/.test(stderr)
  return [1, 2, 3].includes(code!) && /^error [a-z0-9-]+\/[a-z0-9-]+$/m.test(stderr)
}

/** A leaderboard tells of its failed cells in its table. */
function tellsFailure(code: number | null, stdout: string): boolean {
  return code === 1 && /^failed .*: [a-z0-9-]+\/[a-z0-9-]+, /m.test(stdout)
}

function usedIn(folder: string): Pick<Ended, 'seconds' | 'mebibytes'> {
  const all = readdirSync(folder).map((name) => {
    return JSON.parse(readFileSync(join(folder, name), 'utf8')) as [seconds: number, peak: number]
  })
  const seconds = all.reduce((sum, [one]) => sum + one, 0)
  const mebibytes = Math.max(0, ...all.map(([, peak]) => peak - NODE_MEBIBYTES))
  return { seconds, mebibytes }
}

/** A folder that is there. */
export function made(...path: string[]): string {
  const folder = join(...path)
  mkdirSync(folder, { recursive: true })
  return folder
}
