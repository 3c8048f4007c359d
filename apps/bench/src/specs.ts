import { pathToFileURL } from 'node:url'
import {
  fromSpec,
  type Json,
  KshotError,
  type MetaLearner,
  type ModuleLoader,
  type Spec,
} from '@kshot/core'
import type { Config } from './schema'

/** What a configuration may call by its export alone; the rest is written as `{ package, export, options }`. */
const PACKAGES: Record<string, readonly string[]> = {
  '@kshot/protonet': ['protonet'],
  '@kshot/matching': ['matching'],
  '@kshot/siamese': ['siamese', 'kochNet'],
  '@kshot/relation': ['relation'],
  '@kshot/baseline': ['nearestCentroid', 'nearestNeighbours', 'fineTuned', 'simpleShot'],
  '@kshot/maml': [
    'maml',
    'anil',
    'boil',
    'metaSgd',
    'mamlPlusPlus',
    'reptile',
    'implicitMaml',
    'pretrained',
  ],
  '@kshot/core': [
    'conv4',
    'convMaps',
    'finnNet',
    'cnn',
    'mlp',
    'embeddings',
    'adam',
    'adamw',
    'sgd',
    'momentum',
    'constant',
    'step',
    'linear',
    'cosine',
    'warmUp',
  ],
}

/**
 * The spec behind the short form of a configuration, at any depth:
 * `{ name: 'conv4', filters: 16 }` is `{ package: '@kshot/core', export: 'conv4', options: { filters: 16 } }`.
 */
export function toSpec(value: object): Spec {
  return expanded(value as Json) as unknown as Spec
}

function expanded(value: Json): Json {
  if (Array.isArray(value)) return value.map(expanded)
  if (typeof value !== 'object' || value === null) return value
  const { name, ...rest } = value as { readonly [key: string]: Json }
  if (name === 'spec') return rest
  if (name === 'module') return moduleSpec(rest as unknown as ModuleForm)
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

function packageOf(name: string): string | undefined {
  return Object.keys(PACKAGES).find((key) => PACKAGES[key]!.includes(name))
}

/**
 * Imports kshot's own packages and nothing else: a checkpoint or configuration that names another
 * package could run any code.
 * @throws `usage/foreign-module`
 */
export const loadModule: ModuleLoader = async (name) => {
  if (/^@kshot\/[\w-]+$/.test(name)) return import(name)
  throw new KshotError('usage/foreign-module', {
    got: `a spec of the package '${name}'`,
    expected: "one of kshot's own packages, @kshot/*",
    remedy: "Only kshot's own learners can be run from a configuration",
  })
}

/**
 * Builds the learner of a configuration; a third party's only where that is allowed.
 * @throws `usage/foreign-module`, `usage/no-learner`, and what the learner throws about its options
 */
export async function buildLearner(
  { learner }: Pick<Config, 'learner'>,
  allowModule = false,
): Promise<MetaLearner> {
  const spec = toSpec(learner)
  if (learner.name !== 'module') return fromSpec<MetaLearner>(spec, loadModule)
  if (!allowModule) throw notAllowed((learner as unknown as ModuleForm).module)
  const built = await fromSpec<MetaLearner>(spec, loadAnyModule)
  if (typeof built?.adapt !== 'function') throw noLearner(spec)
  // However it names itself: checkpoints and workers find it by the file.
  return { ...built, spec }
}

const loadAnyModule: ModuleLoader = async (name) => {
  if (!name.startsWith('file:')) return loadModule(name)
  return import(name).catch((cause) => {
    throw new KshotError('usage/no-learner', {
      got: `${name}: ${(cause as Error).message}`,
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
    remedy: 'Read it, then pass --allow-module',
  })
}

function noLearner({ package: file, export: name }: Spec): KshotError {
  return new KshotError('usage/no-learner', {
    got: `the export '${name}' of ${file}, which returns no learner`,
    expected: 'a function (options) => learner, with init, loss, adapt, predict and traits',
    remedy: "Export it as default, or name it with 'export'",
  })
}
