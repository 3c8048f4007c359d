import type { Role } from '@kshot/core'

/** What a configuration, a checkpoint or a result may name: in each role the exports of each package. */
export const NAMES = {
  learner: {
    '@kshot/protonet': ['protonet'],
    '@kshot/matching': ['matching'],
    '@kshot/siamese': ['siamese'],
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
  },
  model: {
    '@kshot/core': ['conv4', 'convMaps', 'finnNet', 'mlp', 'embeddings'],
    '@kshot/siamese': ['kochNet'],
  },
  optimizer: { '@kshot/core': ['adam', 'sgd'] },
  schedule: { '@kshot/core': ['step', 'linear', 'cosine'] },
} as const satisfies {
  readonly [role in Role]?: { readonly [name: string]: readonly string[] }
}

export type NamedRole = keyof typeof NAMES

/** The package of an export that may be named in a role. */
export function packageOf(role: NamedRole, name: string): string | undefined {
  const packages = Object.entries<readonly string[]>(NAMES[role])
  return packages.find(([, exports]) => exports.includes(name))?.[0]
}

/** The export of a package, if it may be named in a role. */
export function mayName(role: NamedRole, name: unknown, one: unknown): one is string {
  return typeof one === 'string' && packageOf(role, one) === name && name !== undefined
}

/** All that may be named in a role. */
export function namesOf(role: NamedRole): string[] {
  return Object.values<readonly string[]>(NAMES[role]).flat()
}
