import { dirname } from 'node:path'
import { KshotError } from '@kshot/core'
import { parseJson } from '@kshot/results'
import { presets } from '../catalogue/presets'
import { checked } from '../checking/checked'
import { nearest } from '../checking/nearest-key'
import { MOST_BYTES, readText } from '../files/text-file'
import { resolvePaths } from './resolve-paths'
import { type Config, configSchema } from './schema'
import { parseSet, setValue } from './set-value'
import { suited } from './suited'

/** What the command line says of a configuration. */
export interface Overrides {
  readonly set?: readonly string[]
  readonly seed?: number
  readonly backend?: string
  readonly executor?: string
  readonly workers?: number | 'auto'
  readonly maxSeconds?: number
}

/**
 * The configuration of a preset or a file, with what the command line overrides.
 * @param prepare what is done to it before it is checked
 * @throws `config/unknown-preset`, `config/unreadable`, and what {@link parseConfig} throws
 */
export async function loadConfig(
  source: string,
  overrides: Overrides = {},
  prepare: (raw: unknown) => Promise<unknown> = async (raw) => raw,
): Promise<Config> {
  const raw = source.endsWith('.json')
    ? resolvePaths(dirname(source), await readConfig(source))
    : presetOf(source)
  const config = parseConfig(await prepare(resolvePaths('.', overridden(raw, overrides))))
  return { ...config, dataset: await suited(config.dataset) }
}

/** Keys of a configuration that have their own option. */
const OWN = ['seed', 'backend', 'executor', 'workers'] as const

/** A raw configuration with what the command line overrides; these options win over `--set`. */
export function overridden(raw: unknown, { set = [], maxSeconds, ...named }: Overrides) {
  const values = [
    ...set.map(parseSet),
    ...OWN.flatMap((key) => (named[key] === undefined ? [] : [[[key], named[key]] as const])),
    ...(maxSeconds === undefined ? [] : [[['train', 'maxSeconds'], maxSeconds] as const]),
  ]
  return values.reduce((config, [path, value]) => setValue(config, path, value), raw)
}

/**
 * Checks a configuration and fills in its defaults.
 * @throws `config/unknown-key` naming the nearest, `config/wrong-type`, `config/bad-value`
 */
export function parseConfig(raw: unknown): Config {
  const data = checked(configSchema, withoutTraining(raw))
  // There are no classes left to validate on.
  return data.train.split === 'train+val' ? { ...data, validate: null } : data
}

/** `"train": { "steps": 0 }` says all of it: what else a configuration says of training changes nothing. */
function withoutTraining(raw: unknown): unknown {
  const { train, test } = (raw ?? {}) as {
    readonly [key: string]: { readonly [key: string]: unknown }
  }
  if (train?.steps !== 0 || typeof test !== 'object') return raw
  const { ways, shots, queries } = test
  const optimizer = { name: 'adam', rate: 1e-3 }
  const shape = { ...(ways !== undefined && { ways }), shots, queries }
  return { ...(raw as object), train: { ...shape, optimizer, ...train } }
}

/** The name of a preset, or of a file without folder and ending: for folders. */
export function nameOf(source: string): string {
  return source.replace(/^.*[\\/]/, '').replace(/\.json$/, '')
}

function presetOf(name: string): unknown {
  const found = Object.hasOwn(presets, name) ? presets[name] : undefined
  if (found) return found.config
  const names = Object.keys(presets)
  const near = nearest(name, names)
  throw new KshotError('config/unknown-preset', {
    got: `the preset '${name}'`,
    expected: `one of ${names.join(', ')}, or a file that ends in .json`,
    remedy: near ? `Did you mean '${near}'?` : 'See npx kshot ls presets',
  })
}

/**
 * The JSON of a configuration file.
 * @throws `config/unreadable`
 */
export async function readConfig(path: string): Promise<unknown> {
  try {
    return parseJson(readText(path, MOST_BYTES.config))
  } catch (cause) {
    throw new KshotError('config/unreadable', {
      got: `${path}: ${(cause as Error).message}`,
      expected: 'a JSON file with a configuration',
      remedy: 'Check the path, and that the file is JSON',
      cause,
    })
  }
}
