import { readFile, rm, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { KshotError } from '@kshot/core'

interface Owner {
  readonly pid: number
  readonly host: string
}

/** Whoever writes a claim needs less. */
const WRITING_MS = 300

/**
 * Claims a file for this process, after one that claimed it before has ended: at once, or within
 * `patienceMs`. What a killed process has left behind is no claim.
 * @returns gives it back
 * @throws `usage/folder-busy`, `run/unwritable`
 */
export async function claim(path: string, patienceMs = 0): Promise<() => Promise<void>> {
  const deadline = Date.now() + patienceMs
  while (!(await taken(path))) {
    const owner = (await ownerOf(path)) ?? (await later(WRITING_MS, () => ownerOf(path)))
    if (owner && !isGone(owner)) {
      if (Date.now() >= deadline) throw busy(path, owner)
      await later(100)
    } else await rm(path, { force: true })
  }
  return () => rm(path, { force: true })
}

async function later<T>(ms: number, f: () => T | undefined = () => undefined) {
  await new Promise((resolve) => setTimeout(resolve, ms))
  return f()
}

/** Whether the file was free, and is this process's now. */
async function taken(path: string): Promise<boolean> {
  const owner: Owner = { pid: process.pid, host: hostname() }
  try {
    await writeFile(path, JSON.stringify(owner), { flag: 'wx' })
    return true
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return false
    await rm(path, { force: true }).catch(() => {})
    throw unwritable(path, cause)
  }
}

/** Who has claimed it; undefined where it is gone, or was cut off while it was written. */
async function ownerOf(path: string): Promise<Owner | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Owner
  } catch {
    return undefined
  }
}

/** Of another machine that shares the folder nothing can be known. */
function isGone({ pid, host }: Owner): boolean {
  if (host !== hostname()) return false
  try {
    process.kill(pid, 0)
    return pid === process.pid
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH'
  }
}

function busy(path: string, { pid, host }: Owner): KshotError {
  return new KshotError('usage/folder-busy', {
    got: `${path}: process ${pid} on ${host} is at work here`,
    expected: 'one kshot leaderboard in a folder at a time',
    remedy: 'Wait for it, or pass another folder with --out; if it is no kshot, remove that file',
  })
}

/** A folder that can't be written, or a full disk. */
export function unwritable(path: string, cause: unknown): KshotError {
  const { code, message } = cause as NodeJS.ErrnoException
  return new KshotError('run/unwritable', {
    got: `${path}, which can't be written: ${message}`,
    expected: 'a folder that can be made and written',
    remedy:
      code === 'ENOSPC'
        ? 'The disk is full: make room, then go on with --resume'
        : 'Pass another folder with --out',
    cause,
  })
}
