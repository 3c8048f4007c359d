import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Leaderboard } from './schema'

/**
 * The paths that a configuration names, as they are on this machine, each with how it was written: rows
 * hold the latter, and are the same on every machine.
 */
export function portablePaths(
  { data, settings, learners = [] }: Leaderboard,
  from: string,
): { readonly [path: string]: string } {
  const paths = [data, ...settings.map((setting) => setting.data)].flatMap((data) =>
    typeof data?.path === 'string' ? [data.path] : [],
  )
  const modules = learners.flatMap((entry) => {
    const { module } = (typeof entry === 'string' ? {} : (entry.learner ?? {})) as {
      module?: string
    }
    return module === undefined ? [] : [module]
  })
  return Object.fromEntries([
    ...[...paths, ...modules].map((path) => [resolve(from, path), path]),
    ...modules.map((path) => [pathToFileURL(resolve(from, path)).href, path]),
  ])
}
