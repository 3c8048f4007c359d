import { type Json, KshotError, type ModuleLoader, type Spec } from '@kshot/core'

/** What a configuration may call by its export alone; the rest is written as `{ package, export, options }`. */
const PACKAGES: Record<string, readonly string[]> = {
  '@kshot/protonet': ['protonet'],
  '@kshot/matching': ['matching'],
  '@kshot/siamese': ['siamese', 'kochNet'],
  '@kshot/relation': ['relation'],
  '@kshot/baseline': ['nearestCentroid', 'nearestNeighbours', 'fineTuned', 'simpleShot'],
  '@kshot/maml': [
    ...['maml', 'anil', 'boil', 'metaSgd', 'mamlPlusPlus', 'reptile', 'implicitMaml'],
    'pretrained',
  ],
  '@kshot/core': [
    ...['conv4', 'convMaps', 'finnNet', 'cnn', 'mlp', 'embeddings'],
    ...['adam', 'adamw', 'sgd', 'momentum', 'constant', 'step', 'linear', 'cosine', 'warmUp'],
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
  const pkg = typeof name === 'string' ? packageOf(name) : undefined
  const options = Object.fromEntries(
    Object.entries(pkg ? rest : value).map(([key, inner]) => [key, expanded(inner)]),
  )
  return pkg ? { package: pkg, export: name!, options } : options
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
