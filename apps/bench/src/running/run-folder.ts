import { existsSync, readdirSync } from 'node:fs'
import { mkdir, rmdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { KshotError } from '@kshot/core'
import { writeFileAtomic } from '@kshot/core/node'
import type { Config } from '../configuration/schema'
import { claim, unwritable } from '../files/lock'
import { MOST_BYTES, readJson } from '../files/text-file'
import { checkIsConfig, checkSameConfig } from './training-file'

/** The files of a run, in one folder. */
export const FILES = {
  config: 'config.json',
  log: 'log.jsonl',
  /** The same, for spreadsheets. */
  table: 'log.csv',
  checkpoint: 'checkpoint.safetensors',
  meta: 'meta.safetensors',
  episodes: 'episodes.jsonl',
  /** Of a regression: predictions beside the true curves. */
  curves: 'curves.svg',
  result: 'result.json',
  /** Of an encoder: a folder. */
  embeddings: 'embeddings',
} as const

/** The folder of a run that names none: `runs/<name>-seed<seed>`, with a number if it is taken. */
export function defaultFolder(name: string, seed: number, resume: boolean): string {
  const base = join('runs', `${name}-seed${seed}`)
  const folders = existsSync('runs') ? readdirSync('runs').map((found) => join('runs', found)) : []
  const number = (folder: string) => Number(folder.slice(base.length + 1))
  const taken = folders
    .filter((folder) => folder === base || (folder.startsWith(`${base}-`) && number(folder) > 1))
    .map((folder) => (folder === base ? 1 : number(folder)))
  const last = Math.max(0, ...taken)
  const at = resume ? Math.max(last, 1) : last + 1
  return at === 1 ? base : `${base}-${at}`
}

/** What of an earlier run lies in a folder. */
export function contents(folder: string) {
  const has = (name: keyof typeof FILES) => existsSync(join(folder, FILES[name]))
  return { config: has('config'), checkpoint: has('checkpoint'), result: has('result') }
}

/**
 * Makes the folder and writes the configuration, before anything is computed: a run that cannot be
 * written must not be trained.
 * @throws `run/unwritable`, `usage/folder-taken`, `usage/nothing-to-resume`, `usage/other-config`
 */
export async function openFolder(folder: string, config: Config, resume: boolean): Promise<void> {
  const { config: taken } = contents(folder)
  if (taken && !resume) throw folderTaken(folder)
  if (!taken && resume) throw nothingToResume(folder)
  if (resume) checkSameConfig(configIn(folder), config)
  try {
    await makeFolder(folder)
    await writeJson(join(folder, FILES.config), config)
  } catch (cause) {
    throw new KshotError('run/unwritable', {
      got: `the folder ${folder}, which can't be written: ${(cause as Error).message}`,
      expected: 'a writable folder',
      remedy: 'Pass another one with --out',
      cause,
    })
  }
}

/**
 * The configuration that a folder's run was begun with.
 * @throws `run/damaged`
 */
export function configIn(folder: string): Config {
  const path = join(folder, FILES.config)
  const value = readJson(path, MOST_BYTES.config)
  checkIsConfig(value, path)
  return value
}

/**
 * Makes the folder and claims it for this process: two would write over each other.
 * @returns gives it back, and leaves no folder that is empty
 * @throws `usage/folder-busy`, `run/unwritable`
 */
export async function claimFolder(folder: string): Promise<() => Promise<void>> {
  await makeFolder(folder).catch((cause) => {
    throw unwritable(folder, cause)
  })
  const release = await claim(join(folder, 'lock'))
  return async () => {
    await release()
    await rmdir(folder).catch(() => {})
  }
}

/** A folder with those above it. */
// Not mkdir's own recursion: in Node 20 it never returns for a place such as /proc/x.
export async function makeFolder(folder: string): Promise<void> {
  if (existsSync(folder)) return
  const parent = dirname(folder)
  if (parent !== folder) await makeFolder(parent)
  await mkdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
}

export function writeJson(path: string, value: unknown): Promise<void> {
  return writeFileAtomic(path, `${JSON.stringify(value, null, 2)}\n`)
}

export function writeLines(path: string, lines: readonly unknown[]): Promise<void> {
  return writeFileAtomic(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
}

/** `usage/folder-taken`: a folder that holds a run. */
export function folderTaken(folder: string): KshotError {
  const { result } = contents(folder)
  return new KshotError('usage/folder-taken', {
    got: `the folder ${folder}, which holds ${result ? 'a finished' : 'an unfinished'} run`,
    expected: 'a folder without a run, so that nothing is lost',
    remedy: `Pass another one with --out${result ? '' : ', or --resume to continue'}`,
  })
}

function nothingToResume(folder: string): KshotError {
  return new KshotError('usage/nothing-to-resume', {
    got: `--resume without a run in ${folder}`,
    expected: 'the folder of a started run',
    remedy: 'Check --out, or leave --resume out',
  })
}
