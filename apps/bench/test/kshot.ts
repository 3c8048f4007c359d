import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Result } from '@kshot/results'

const cli = fileURLToPath(new URL('../dist/cli.js', import.meta.url))
if (!existsSync(cli)) throw new Error(`${cli} is missing: build first (pnpm build)`)

export const home = mkdtempSync(join(tmpdir(), 'kshot-'))
export const cleanUp = () => rmSync(home, { recursive: true, force: true })

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface Running {
  readonly child: ChildProcess
  readonly ended: Promise<Ended>
  readonly stderr: () => string
}

/** Starts kshot in a folder of its own; what it prints goes to no terminal. */
export function start(args: readonly string[], env: NodeJS.ProcessEnv = {}): Running {
  const child = spawn(process.execPath, [cli, ...args], {
    cwd: home,
    env: { ...process.env, KSHOT_DATA: '', NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (data) => (stdout += data))
  child.stderr.on('data', (data) => (stderr += data))
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }))
  })
  return { child, ended, stderr: () => stderr }
}

export const kshot = (...args: string[]): Promise<Ended> => start(args).ended

/** Waits until something is so. */
export async function until(condition: () => boolean, what: string): Promise<void> {
  const deadline = Date.now() + 100_000
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`waited in vain for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

/** A run of seconds: a tiny net on small episodes of the glyphs. */
export const tiny = {
  learner: { name: 'protonet', backbone: { name: 'conv4', filters: 4 } },
  dataset: { name: 'glyphs' },
  train: {
    ways: 5,
    shots: 1,
    queries: 2,
    steps: 50,
    checkpointEvery: 10,
    optimizer: { name: 'adam', rate: 0.003 },
  },
  validate: { ways: 5, shots: 1, queries: 3, episodes: 10, every: 20 },
  test: { ways: 5, shots: 1, queries: 5, episodes: 20 },
  seed: 7,
}

/** A regression of seconds. */
export const sines = {
  learner: {
    name: 'maml',
    model: { name: 'mlp', hidden: [8], outputs: 1 },
    head: 'none',
    innerRate: 0.01,
    steps: { train: 1, test: 2 },
    normalisation: { train: 'none', test: 'none' },
  },
  dataset: { name: 'sinusoids' },
  train: {
    shots: 5,
    queries: 5,
    metaBatch: 4,
    steps: 30,
    checkpointEvery: 10,
    optimizer: { name: 'adam', rate: 0.003 },
  },
  validate: { shots: 5, queries: 5, episodes: 10, every: 10 },
  test: { shots: 5, queries: 10, episodes: 20, adaptationSteps: [1, 5] },
  seed: 7,
}

export function writeConfig(name: string, config: object): string {
  const path = join(home, name)
  writeFileSync(path, JSON.stringify(config))
  return path
}

export const file = (folder: string, name: string) => readFileSync(join(home, folder, name))
export const text = (folder: string, name: string) => file(folder, name).toString()
export const resultIn = (folder: string) => JSON.parse(text(folder, 'result.json')) as Result
