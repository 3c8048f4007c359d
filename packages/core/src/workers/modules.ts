import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { KshotError } from '../errors'
import { isSpec, type Spec } from '../spec'
import type { Modules } from './messages'

/** The URL of a package for the app, for example `(name) => import.meta.resolve(name)`. */
export type Resolve = (name: string) => string

/**
 * The packages that a learner's spec names, at any depth, and where they lie: its own, and beside it
 * no others than those that the app allows.
 * @throws `spec/not-allowed`, `workers/unknown-package`
 */
export function modulesOf(spec: Spec, resolve: Resolve, allowed: readonly string[] = []): Modules {
  const known = ['@kshot/core', spec.package, ...allowed]
  const names = [...packagesOf(spec)]
  const foreign = names.find((name) => !known.includes(name))
  if (foreign !== undefined) throw notAllowed(foreign, spec)
  return moduleUrls(names, resolve)
}

/** Where packages lie, but for this one: a thread has it. */
export function moduleUrls(names: readonly string[], resolve: Resolve): Modules {
  const others = names.filter((name) => name !== '@kshot/core')
  return Object.fromEntries(others.map((name) => [name, resolved(name, resolve)]))
}

function packagesOf(value: unknown): Set<string> {
  if (typeof value !== 'object' || value === null) return new Set()
  const inner = Object.values(isSpec(value) ? value.options : value)
  const found = inner.flatMap((part) => [...packagesOf(part)])
  return new Set(isSpec(value) ? [value.package, ...found] : found)
}

function notAllowed(name: string, spec: Spec): KshotError {
  return new KshotError('spec/not-allowed', {
    got: `a spec of the package '${name}' among the options of ${spec.export}`,
    expected: `one of @kshot/core or ${spec.package}`,
    remedy: `If its net, optimizer or encoder comes from there: workers({ …, packages: ['${name}'] })`,
  })
}

function resolved(name: string, resolve: Resolve): string {
  try {
    return resolve(name)
  } catch (cause) {
    throw new KshotError('workers/unknown-package', {
      got: `a spec of the package '${name}', which was not found: ${(cause as Error).message}`,
      expected: 'a package that the app can import',
      remedy: "Pass resolve: (name) => import.meta.resolve(name) from a module of the app's own",
      cause,
    })
  }
}

/** Resolves as the script that Node was started with would. */
export function fromMainModule(): Resolve {
  const { resolve } = createRequire(pathToFileURL(process.argv[1] ?? `${process.cwd()}/app.js`))
  return (name) => pathToFileURL(resolve(name)).href
}
