import { type Factory, fromSpec, isSpec, type Role, type Spec } from '@kshot/core'

/** Loads a package by name, for example `(name) => import(name)`. */
export type ModuleLoader = (name: string) => Promise<object>

/** Builds a spec of a test's own again: whatever it names, at any depth, may be named. */
export async function rebuilt<T>(spec: Spec, role: Role, load: ModuleLoader): Promise<T> {
  const names = [...packagesOf(spec)]
  const modules = await Promise.all(names.map(async (name) => [name, await load(name)] as const))
  const packages = Object.fromEntries(modules.map(([name, module]) => [name, functionsOf(module)]))
  return fromSpec<T>(spec, role, {
    learner: packages,
    model: packages,
    optimizer: packages,
    schedule: packages,
    encoder: packages,
    dataset: packages,
    tasks: packages,
  })
}

function functionsOf(module: object): { readonly [name: string]: Factory } {
  const all = Object.entries(module).filter(([, value]) => typeof value === 'function')
  return Object.fromEntries(all)
}

function packagesOf(value: unknown): Set<string> {
  if (typeof value !== 'object' || value === null) return new Set()
  const inner = Object.values(isSpec(value) ? value.options : value)
  const found = inner.flatMap((part) => [...packagesOf(part)])
  return new Set(isSpec(value) ? [value.package, ...found] : found)
}
