import { pathToFileURL } from 'node:url'
import {
  type Factory,
  fromSpec,
  type Json,
  KshotError,
  type MetaLearner,
  mergedRegistries,
  type Registry,
  type Spec,
  type Traits,
} from '@kshot/core'
import { packageOf } from './names'
import { registry } from './registry'
import type { ShortForm } from './roles'

/**
 * The spec behind the short form of a configuration, at any depth:
 * `{ name: 'conv4', filters: 16 }` is `{ package: '@kshot/core', export: 'conv4', options: { filters: 16 } }`.
 */
export function toSpec(value: object): Spec {
  return expanded(value as Json) as Spec
}

function expanded(value: Json): Json {
  if (Array.isArray(value)) return value.map(expanded)
  if (typeof value !== 'object' || value === null) return value
  const { name, ...rest } = value as { readonly [key: string]: Json }
  if (name === 'module') return moduleSpec(rest as unknown as ModuleForm) // its schema has checked it
  const pkg = typeof name === 'string' ? packageOf(name) : undefined
  const options = Object.fromEntries(
    Object.entries(pkg ? rest : value).map(([key, inner]) => [key, expanded(inner)]),
  )
  return pkg ? { package: pkg, export: name!, options } : options
}

interface ModuleForm {
  readonly module: string
  readonly export: string
  readonly options: Json
}

/** A file is named by its URL, which is right in every process. */
function moduleSpec({ module, export: name, options }: ModuleForm): Json {
  return { package: pathToFileURL(module).href, export: name, options: expanded(options) }
}

/**
 * Builds the learner of a configuration; a third party's only where that is allowed.
 * @throws `usage/foreign-module`, `usage/no-learner`, and what the learner throws about its options
 */
export async function buildLearner(
  { learner }: { readonly learner: ShortForm },
  allowModule = false,
): Promise<MetaLearner> {
  const spec = toSpec(learner)
  if (learner.name !== 'module') return fromSpec<MetaLearner>(spec, 'learner', registry)
  if (!allowModule) throw notAllowed(String(learner.module))
  const built = await fromSpec<MetaLearner>(spec, 'learner', withModule(spec))
  if (typeof built?.adapt !== 'function') throw noLearner(spec)
  if (!declaresFacts(built.traits)) throw noFacts(spec)
  return atFile(built, spec)
}

/** However it names itself: checkpoints and workers find it by the file. */
function atFile(learner: MetaLearner, spec: Spec): MetaLearner {
  const { withInnerSteps } = learner
  if (!withInnerSteps) return { ...learner, spec }
  const again = (steps: number) => {
    const other = withInnerSteps(steps)
    return atFile(other, { ...spec, options: other.spec.options })
  }
  return { ...learner, spec, withInnerSteps: again }
}

/** What results are labelled with. */
function declaresFacts({ transductive, queriesTogether, innerSteps }: Partial<Traits> = {}) {
  return (
    typeof transductive === 'boolean' &&
    ['all', 'one', 'none'].includes(queriesTogether ?? '') &&
    typeof innerSteps === 'number'
  )
}

function noFacts({ package: file, export: name }: Spec): KshotError {
  return new KshotError('usage/no-learner', {
    got: `the export '${name}' of ${file}, whose traits lack facts that label results`,
    expected: "transductive, queriesTogether ('all', 'one' or 'none') and innerSteps",
    remedy: 'Declare them in its traits',
  })
}

/** What kshot's specs may name, and a file that the user has allowed. */
function withModule({ package: file, export: name }: Spec): Registry {
  const load = async () => {
    const factory = (await imported(file))[name]
    if (typeof factory === 'function') return factory as Factory
    throw noLearner({ package: file, export: name, options: {} })
  }
  return mergedRegistries(registry, { learner: { [file]: { [name]: { load } } } })
}

function imported(file: string): Promise<Record<string, unknown>> {
  return import(file).catch((cause) => {
    throw new KshotError('usage/no-learner', {
      got: `${file}: ${(cause as Error).message}`,
      expected: 'a JavaScript module that can be imported',
      remedy: "Check the path of 'module', and that Node can import the file",
      cause,
    })
  })
}

function notAllowed(file: string): KshotError {
  return new KshotError('usage/foreign-module', {
    got: `a learner of the module ${file}`,
    expected: "one of kshot's own packages: a module can run any code",
    remedy: 'Read its code, then pass --allow-module',
  })
}

function noLearner({ package: file, export: name }: Spec): KshotError {
  return new KshotError('usage/no-learner', {
    got: `the export '${name}' of ${file}, which returns no learner`,
    expected: 'a function (options) => learner, with init, loss, adapt, predict and traits',
    remedy: "Export it as default, or name it with 'export'",
  })
}
