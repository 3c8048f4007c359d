import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { KshotError } from '@kshot/core'
import { holdsOmniglot } from './files'

/**
 * The folder with Omniglot's official files: `data` if given, otherwise found in
 * `KSHOT_DATA` and the cache folder; each may be the folder itself or the one above it, or a clone of
 * the official repository, which keeps the data in `python/`.
 * @returns undefined if there is none
 */
export function findOmniglot(data?: string): string | undefined {
  return candidates(data).find(holdsOmniglot)
}

/**
 * Like {@link findOmniglot}, but throws if there is none.
 * @throws `episodes/data-not-found` listing the places searched
 */
export function omniglotFolder(data?: string): string {
  const found = findOmniglot(data)
  if (found) return found
  throw new KshotError('episodes/data-not-found', {
    got: `no Omniglot in ${candidates(data).join(', ')}`,
    expected: 'images_background and images_evaluation, as folders or as .zip',
    remedy: 'Pass its folder with --data or KSHOT_DATA, or use @kshot/omniglot, which contains it',
  })
}

/**
 * Lake's runs: the file `all_runs.zip` itself, or a folder with it or with `run01` … in it, or one above;
 * in a clone of the official repository it is `python/one-shot-classification/`. Looked for in the
 * places of {@link findOmniglot}.
 * @returns the zip or the folder that holds `run01`; undefined if there is none
 */
export function findLakeRuns(data?: string): string | undefined {
  const folders = candidates(data).flatMap((folder) =>
    ['', 'one-shot-classification', 'all_runs'].map((inner) => join(folder, inner)),
  )
  const zips = folders.map((folder) => join(folder, 'all_runs.zip'))
  const given = data?.endsWith('.zip') ? [resolve(data)] : []
  return (
    [...given, ...zips].find((file) => existsSync(file)) ??
    folders.find((folder) => existsSync(join(folder, 'run01')))
  )
}

function candidates(data?: string): string[] {
  const { KSHOT_DATA, XDG_CACHE_HOME } = process.env
  const cache = join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'kshot')
  const roots = data ? [data] : [...(KSHOT_DATA ? [KSHOT_DATA] : []), cache]
  const inner = ['', 'omniglot', 'python', 'omniglot/python']
  return roots.flatMap((root) => inner.map((folder) => resolve(root, folder)))
}
