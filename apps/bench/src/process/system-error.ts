import { isKshotError, KshotError } from '@kshot/core'

type Parts = { readonly code: string; readonly expected: string; readonly remedy: string }

const TOO_MANY: Parts = {
  code: 'system/too-many-files',
  expected: 'permission to open more files',
  remedy: 'Raise the limit (ulimit -n 4096), or use fewer --workers',
}
const NOT_INSTALLED: Parts = {
  code: 'backend/not-installed',
  expected: 'all packages that kshot depends on',
  remedy: 'Install it, or reinstall kshot',
}
const NO_MEMORY: Parts = {
  code: 'system/no-memory',
  expected: 'room in memory',
  remedy: 'Use fewer ways, queries, filters, tasks or --workers, or a machine with more memory',
}
const NOT_ALLOWED: Parts = {
  code: 'system/not-allowed',
  expected: 'a file or folder that this user may read and write',
  remedy: 'Check its owner and permissions, or use another place',
}

/** What the operating system and Node say, by the code of their error. */
const KNOWN: { readonly [code: string]: Parts } = {
  EMFILE: TOO_MANY,
  ENFILE: TOO_MANY,
  ENOMEM: NO_MEMORY,
  ERR_WORKER_OUT_OF_MEMORY: NO_MEMORY,
  EACCES: NOT_ALLOWED,
  EPERM: NOT_ALLOWED,
  EROFS: NOT_ALLOWED,
  ERR_MODULE_NOT_FOUND: NOT_INSTALLED,
  MODULE_NOT_FOUND: NOT_INSTALLED,
  ERR_DLOPEN_FAILED: NOT_INSTALLED,
  ENOSPC: {
    code: 'run/unwritable',
    expected: 'free disk space',
    remedy: 'Make room, then continue with --resume',
  },
  ENOENT: {
    code: 'system/not-found',
    expected: 'an existing file or folder',
    remedy: 'Check the path; it may have been removed meanwhile',
  },
}

/** An error of ours for one of the system's; whatever is neither stays as it is. */
export function typedError(error: unknown): unknown {
  if (isKshotError(error) || !(error instanceof Error)) return error
  const { code, message } = error as NodeJS.ErrnoException
  const parts = (code && KNOWN[code]) || (isOutOfMemory(error) ? NO_MEMORY : undefined)
  if (!parts) return error
  const { expected, remedy } = parts
  return new KshotError(parts.code, { got: message, expected, remedy, cause: error })
}

function isOutOfMemory({ name, message }: Error): boolean {
  if (name === 'RangeError') {
    return /allocation failed|invalid (typed )?array (buffer )?length/i.test(message)
  }
  // The memory of a WebAssembly module ends at 4 GiB; TensorFlow.js' own does not look where it writes.
  return name === 'RuntimeError' && /out of bounds|aborted|out of memory/i.test(message)
}
