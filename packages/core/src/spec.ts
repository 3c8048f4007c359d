import { KshotError } from './errors'

/** A JSON value. */
export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [key: string]: Json }

/**
 * How to build something again: the export of a package, called with options.
 * Specs travel to workers, child processes and checkpoints, closures never do.
 * Among the options, at any depth, may be specs.
 */
export interface Spec {
  readonly package: string
  readonly export: string
  readonly options: { readonly [key: string]: Json | Spec | readonly Spec[] }
}

/** Loads a package by name, as in `(name) => import(name)`; only the app can resolve its own packages. */
export type ModuleLoader = (name: string) => Promise<object>

/** Whether a JSON value is a spec. */
export function isSpec(value: unknown): value is Spec {
  if (typeof value !== 'object' || value === null) return false
  const { package: pkg, export: name, options } = value as Partial<Spec>
  return typeof pkg === 'string' && typeof name === 'string' && typeof options === 'object'
}

/**
 * Builds what a spec describes; specs among its options are built first.
 * @throws `core/unknown-export` when the package has no such export.
 * @example const learner = await fromSpec(meta.learner, (name) => import(name))
 */
export async function fromSpec<T>(spec: Spec, load: ModuleLoader): Promise<T> {
  const module = (await load(spec.package)) as Record<string, unknown>
  const build = module[spec.export]
  if (typeof build !== 'function') {
    throw new KshotError('core/unknown-export', {
      got: `the spec { package: '${spec.package}', export: '${spec.export}' }, and no such export`,
      expected: `one of ${Object.keys(module).join(', ')}`,
      remedy: `Check the version of ${spec.package}`,
    })
  }
  return build(await builtOptions(spec.options, load)) as T
}

async function builtOptions(value: unknown, load: ModuleLoader): Promise<unknown> {
  if (isSpec(value)) return fromSpec(value, load)
  if (Array.isArray(value)) return Promise.all(value.map((item) => builtOptions(item, load)))
  if (typeof value !== 'object' || value === null) return value
  const built = Object.entries(value).map(
    async ([key, inner]) => [key, await builtOptions(inner, load)] as const,
  )
  return Object.fromEntries(await Promise.all(built))
}

/** One text for equal specs, whatever the order of their keys. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, inner) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}
