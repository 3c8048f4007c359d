import { KshotError } from './errors'
import { type OptionsSchema, type Path, type Role, rolesAt } from './options/schema'
import type { Json, Spec } from './spec'

/** A function that a spec may name: it takes options, as plain data or built from specs. */
// biome-ignore lint/suspicious/noExplicitAny: each has its own options
export type Factory = (options: any) => unknown

/** A function that is loaded when needed, and what is known about its options. */
export interface Entry {
  load(): Promise<Factory>
  /** Says which roles the specs among its options have. */
  readonly schema?: OptionsSchema
  /** Throws if the options are wrong; the specs among them are not built yet. */
  check?(options: Spec['options']): void
}

/**
 * What specs may name, by role, package and export. Nothing else is ever loaded or called, so a spec
 * may come from anybody.
 * @example
 * const registry = {
 *   learner: { '@kshot/protonet': { protonet } },
 *   model: { '@kshot/core': { conv4 } },
 * }
 */
export type Registry = {
  readonly [role in Role]?: {
    readonly [name: string]: { readonly [name: string]: Factory | Entry }
  }
}

/** Roles of specs among the options of a function without a schema. */
const INNER: readonly Role[] = ['model', 'optimizer', 'schedule', 'encoder', 'dataset']

/** More is no configuration of anything. */
const MOST_DEEP = 32
const MOST_VALUES = 10_000

/** Names that mean something else than an option to JavaScript. */
const RESERVED = ['__proto__', 'constructor', 'prototype']

/**
 * Builds what a spec describes, after the specs among its options. Everything is checked before
 * anything is loaded: names, roles, and options where the registry has a schema.
 * @throws `spec/not-allowed` if the registry does not have it in that role, `spec/bad-shape`,
 * `spec/too-large`, and what a registry's checks and the functions throw
 * @example
 * const learner = await fromSpec<MetaLearner>(spec, 'learner', {
 *   learner: { '@kshot/protonet': { protonet } },
 *   model: { '@kshot/core': { conv4 } },
 * })
 */
export async function fromSpec<T>(spec: unknown, role: Role, registry: Registry): Promise<T> {
  checkSize(spec)
  return (await built(planned(spec, [role], registry, []))) as T
}

/**
 * Checks a spec like {@link fromSpec}, but builds nothing.
 * @throws `spec/not-allowed`, `spec/bad-shape`, `spec/too-large`, and what the checks of a registry throw
 */
export function checkSpec(spec: unknown, role: Role, registry: Registry): void {
  checkSize(spec)
  planned(spec, [role], registry, [])
}

/** Merges registries; for the same name, the last one wins. */
export function mergedRegistries(...registries: readonly Registry[]): Registry {
  const merged: { [role: string]: { [name: string]: { [name: string]: Factory | Entry } } } = {}
  for (const [role, packages] of registries.flatMap((registry) => Object.entries(registry))) {
    const known = { ...merged[role] }
    for (const [name, exports] of Object.entries(packages)) {
      known[name] = { ...known[name], ...exports }
    }
    merged[role] = known
  }
  return merged
}

/** A spec that may be built, with those among its options. */
class Planned {
  constructor(
    readonly entry: Factory | Entry,
    readonly options: unknown,
  ) {}
}

function planned(value: unknown, roles: readonly Role[], registry: Registry, at: Path): Planned {
  const spec = shaped(value, at)
  const entry = entryOf(spec, roles, registry, at)
  const { schema, check } = typeof entry === 'function' ? ({} as Partial<Entry>) : entry
  const rolesOf = (path: Path) => (schema ? rolesAt(schema, path) : INNER)
  const options = withPlans(spec.options, [], (inner, path) =>
    planned(inner, rolesOf(path), registry, [...at, ...path]),
  )
  check?.(spec.options)
  return new Planned(entry, options)
}

/** A value with plans instead of the specs in it. */
function withPlans(
  value: unknown,
  path: Path,
  plan: (value: unknown, path: Path) => Planned,
): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (path.length > 0 && looksLikeSpec(value)) return plan(value, path)
  if (Array.isArray(value)) return value.map((item, i) => withPlans(item, [...path, i], plan))
  const entries = Object.entries(value)
  return Object.fromEntries(
    entries.map(([key, inner]) => [key, withPlans(inner, [...path, key], plan)]),
  )
}

async function built(value: unknown): Promise<unknown> {
  if (value instanceof Planned) {
    const { entry, options } = value
    const factory = typeof entry === 'function' ? entry : await entry.load()
    return factory(await built(options))
  }
  if (Array.isArray(value)) return Promise.all(value.map(built))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value)
  const inner = entries.map(async ([key, part]) => [key, await built(part)] as const)
  return Object.fromEntries(await Promise.all(inner))
}

/** Whatever names a package and an export is a spec, or wants to be taken for one. */
function looksLikeSpec(value: object): boolean {
  return Object.hasOwn(value, 'package') && Object.hasOwn(value, 'export')
}

function shaped(value: unknown, at: Path): Spec {
  const { package: name, export: one, options, ...more } = (value ?? {}) as Partial<Spec>
  const record = typeof options === 'object' && options !== null && !Array.isArray(options)
  const namesExport = typeof name === 'string' && typeof one === 'string'
  if (namesExport && record && Object.keys(more).length === 0) return value as Spec
  throw new KshotError('spec/bad-shape', {
    got: `${textOf(value)}${placeOf(at)}`,
    expected: 'a spec: { package, export, options }',
    remedy: 'Use the spec of a learner, model, optimizer or data set unchanged',
  })
}

function entryOf(
  spec: Spec,
  roles: readonly Role[],
  registry: Registry,
  at: Path,
): Factory | Entry {
  for (const role of roles) {
    const exports = own(registry[role], spec.package)
    const found = own(exports, spec.export)
    if (found) return found
  }
  const what = roles.length === 1 ? roles[0]! : 'spec'
  throw new KshotError('spec/not-allowed', {
    got: `the ${what} { package: ${textOf(spec.package)}, export: ${textOf(spec.export)} }${placeOf(at)}`,
    expected: roles.length === 0 ? 'no spec here' : `one of ${namesIn(roles, registry) || 'none'}`,
    remedy: 'A spec may name only what the registry allows',
  })
}

function own<T>(record: { readonly [name: string]: T } | undefined, name: string): T | undefined {
  return record && Object.hasOwn(record, name) ? record[name] : undefined
}

function namesIn(roles: readonly Role[], registry: Registry): string {
  return roles
    .flatMap((role) => Object.entries(registry[role] ?? {}))
    .flatMap(([name, exports]) => Object.keys(exports).map((one) => `${one} of ${name}`))
    .join(', ')
}

function checkSize(spec: unknown): void {
  let values = 0
  const visit = (value: unknown, depth: number) => {
    values++
    if (depth > MOST_DEEP || values > MOST_VALUES) throw tooLarge()
    if (typeof value !== 'object' || value === null) return
    for (const [key, inner] of Object.entries(value)) {
      if (RESERVED.includes(key)) throw reserved(key)
      visit(inner, depth + 1)
    }
  }
  visit(spec, 0)
}

function tooLarge(): KshotError {
  return new KshotError('spec/too-large', {
    got: `a spec of more than ${MOST_VALUES} values, or more than ${MOST_DEEP} deep`,
    expected: 'a spec as a learner, model or optimizer writes it',
    remedy: 'A spec describes how to build something: keep data out of it',
  })
}

function reserved(key: string): KshotError {
  return new KshotError('spec/bad-shape', {
    got: `an option named '${key}'`,
    expected: 'an option name',
    remedy: 'Leave it out: no option has this name',
  })
}

function placeOf(at: Path): string {
  return at.length === 0 ? '' : ` at ${at.join('.')}`
}

function textOf(value: unknown): string {
  const text = JSON.stringify(value as Json) ?? String(value)
  return text.length > 200 ? `${text.slice(0, 200)}…` : text
}
