import { resolve } from 'node:path'
import { setValue } from './set-value'

/** Where a configuration may name a file. */
const PATHS = [
  ['dataset', 'path'],
  ['learner', 'module'],
] as const

/** A raw configuration whose paths are seen from a folder: absolute ones, right from everywhere. */
export function resolvePaths(folder: string, raw: unknown): unknown {
  return PATHS.reduce((config, path) => {
    const value = path.reduce(valueAt, config)
    return typeof value === 'string' ? setValue(config, path, resolve(folder, value)) : config
  }, raw)
}

function valueAt(at: unknown, key: string): unknown {
  return (at as { readonly [key: string]: unknown } | null | undefined)?.[key]
}
