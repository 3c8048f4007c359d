import { randomUUID } from 'node:crypto'
import { link, lstat, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { KshotError } from '@kshot/core'
import { identityOf, identityOfProcess, isAlive, type ProcessIdentity } from './process-identity'

export interface ClaimOptions {
  /** How long another process may still be at work. */
  readonly patienceMs?: number
  /** Gives up waiting. */
  readonly signal?: AbortSignal
}

/** Whoever writes a claim where files can't be linked needs less. */
const WRITING_MS = 300
const POLL_MS = 50
/** More is no claim. */
const MOST_BYTES = 4096

/**
 * Claims a path for this process, after one that claimed it before has ended: at once, or within
 * `patienceMs`. What a killed process has left behind is no claim.
 * @returns gives it back
 * @throws `usage/folder-busy`, `run/unwritable`, and the reason of the signal
 */
export async function claim(
  path: string,
  options: ClaimOptions = {},
): Promise<() => Promise<void>> {
  const { patienceMs = 0, signal } = options
  // The wall clock may be set back.
  const deadline = performance.now() + patienceMs
  const token = randomUUID()
  const own = JSON.stringify({ ...identityOfProcess(), token })
  for (;;) {
    signal?.throwIfAborted()
    if (await created(path, own, token)) return () => release(path, own)
    const found = await claimAt(path)
    if (found === undefined) continue
    if (!isHeld(found) && (await takenOver(path, found, own, token, options))) {
      return () => release(path, own)
    }
    if (isHeld(found) && performance.now() >= deadline) throw busy(path, found.owner!)
    if (isHeld(found)) await later(POLL_MS)
  }
}

interface Found {
  readonly text: string
  readonly owner: ProcessIdentity | undefined
}

function isHeld({ owner }: Found): boolean {
  return owner !== undefined && isAlive(owner)
}

/** Writes a claim, whole, where none is. */
async function created(path: string, own: string, token: string): Promise<boolean> {
  const temporary = `${path}.${token}.tmp`
  try {
    await writeFile(temporary, own, { flag: 'wx' })
    await link(temporary, path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') throw error
      // A file system without links.
      return writeFile(path, own, { flag: 'wx' })
    })
    return true
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw unwritable(path, cause)
  } finally {
    await rm(temporary, { force: true }).catch(() => {})
  }
}

/** What lies at the path; one that says nothing may be about to be written. */
async function claimAt(path: string, waited = false): Promise<Found | undefined> {
  const text = await textAt(path)
  if (text === undefined) return undefined
  const owner = ownerIn(text)
  if (owner || waited) return { text, owner }
  await later(WRITING_MS)
  return claimAt(path, true)
}

async function textAt(path: string): Promise<string | undefined> {
  try {
    const stat = await lstat(path)
    if (!stat.isFile()) throw noFile(path)
    return stat.size > MOST_BYTES ? '' : await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error instanceof KshotError ? error : unwritable(path, error)
  }
}

function ownerIn(text: string): ProcessIdentity | undefined {
  try {
    return identityOf(JSON.parse(text))
  } catch {
    return undefined
  }
}

/**
 * Replaces a claim that was left behind. Only who has claimed the take-over does so, and
 * only if it is still that one: else two that saw it would each remove the other's.
 */
async function takenOver(
  path: string,
  { text }: Found,
  own: string,
  token: string,
  { signal }: ClaimOptions,
): Promise<boolean> {
  const done = await claim(`${path}.takeover`, { patienceMs: 10_000, ...(signal && { signal }) })
  const temporary = `${path}.${token}.tmp`
  try {
    if ((await textAt(path)) !== text) return false
    await writeFile(temporary, own)
    await rename(temporary, path)
    return true
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => {})
    throw cause instanceof KshotError ? cause : unwritable(path, cause)
  } finally {
    await done()
  }
}

async function release(path: string, own: string): Promise<void> {
  const text = await textAt(path).catch(() => undefined)
  if (text === own) await rm(path, { force: true })
}

function later(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

function busy(path: string, { pid, host }: ProcessIdentity): KshotError {
  return new KshotError('usage/folder-busy', {
    got: `${path}: process ${pid} on ${host} is using this folder`,
    expected: 'one kshot in a folder at a time',
    remedy:
      'Wait for it, or pass another folder with --out; if that process is not kshot, remove that file',
  })
}

function noFile(path: string): KshotError {
  return new KshotError('run/unwritable', {
    got: `${path}, which is not a file`,
    expected: 'no such path, or the lock file of kshot',
    remedy: 'Remove it, or pass another folder with --out',
  })
}

/** A folder that can't be written, or a full disk. */
export function unwritable(path: string, cause: unknown): KshotError {
  const { code, message } = cause as NodeJS.ErrnoException
  return new KshotError('run/unwritable', {
    got: `${path}, which can't be written: ${message}`,
    expected: 'a writable folder',
    remedy:
      code === 'ENOSPC'
        ? 'The disk is full: make room, then continue with --resume'
        : 'Pass another folder with --out',
    cause,
  })
}
