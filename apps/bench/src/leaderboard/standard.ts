import type { ConfigInput } from '../schema'
import type { Training } from './schema'

type Learner = ConfigInput['learner']

/** What examples are: a net for pictures fits no vectors. */
export type Examples = 'pictures' | 'vectors'

interface Standard {
  readonly description: string
  /** The learner on a net that fits; undefined where none does. */
  readonly learner: { readonly [examples in Examples]?: Learner }
  /** How it is trained, where that differs from the others. */
  readonly train?: Training
  readonly executor?: 'vectorised'
  /** How many configurations were tried to find this one, as far as somebody counted. */
  readonly tuningTrials?: number
}

const conv4 = { name: 'conv4', filters: 32 } as const
const mlp = { name: 'mlp', hidden: [64], outputs: 64 } as const
const raw = { name: 'embeddings' } as const

/** One learner on both nets, given under the key that it calls its net. */
function onBoth(learner: object, key = 'backbone'): Standard['learner'] {
  const with_ = (net: object) => ({ ...learner, [key]: net }) as Learner
  return { pictures: with_(conv4), vectors: with_(mlp) }
}

const joint = { normalisation: { train: 'batch-joint', test: 'running' } }
/** One output unit a label, as in the papers; `ways` is the setting's. */
const fixed = { head: 'fixed' }
/** Of a net that was just drawn: a few large steps. */
const steps = { innerRate: 0.4, steps: { train: 3, test: 5 } }
const inner = { ...fixed, ...steps }
const meta = { metaBatch: 4 } as const
/** Of all tasks of a meta-step at once. */
const atOnce = { train: meta, executor: 'vectorised' } as const

const mamlPlusPlus = {
  name: 'mamlPlusPlus',
  ...fixed,
  innerRate: 0.1,
  steps: 3,
  multiStepLoss: 300,
}

/**
 * Learners that need a name only: on conv4 with 32 filters for pictures, on a net of 64 hidden units for
 * vectors and texts. For starting points, not for a paper's numbers: those are presets.
 */
export const standard: { readonly [name: string]: Standard } = {
  protonet: {
    description: 'Prototypical Networks',
    learner: onBoth({ name: 'protonet', ...joint }),
  },
  matching: {
    description: 'Matching Networks, cosine attention with a learned temperature',
    learner: onBoth({ name: 'matching', ...joint }),
    tuningTrials: 15,
  },
  'matching-fce': {
    description: 'Matching Networks with full context embeddings',
    learner: onBoth({ name: 'matching', fullContext: true, ...joint }),
    tuningTrials: 15,
  },
  siamese: {
    description: 'Siamese nets, trained on pairs',
    learner: onBoth({ name: 'siamese', ...joint }),
    tuningTrials: 13,
  },
  relation: {
    description: 'Relation Networks; for pictures',
    learner: {
      pictures: {
        name: 'relation',
        filters: 32,
        backbone: { name: 'convMaps', filters: 32 },
        // The paper sums the maps of the shots: what was trained with one is lost with five.
        shots: 'mean',
        normalisation: { train: 'batch-joint', test: 'running' },
      },
    },
    tuningTrials: 5,
  },
  maml: {
    description: 'MAML, second order',
    learner: onBoth({ name: 'maml', ...inner }, 'model'),
    ...atOnce,
  },
  fomaml: {
    description: 'MAML, first order',
    learner: onBoth({ name: 'maml', ...inner, firstOrder: true }, 'model'),
    ...atOnce,
  },
  anil: {
    description: 'MAML whose head alone adapts',
    learner: onBoth({ name: 'anil', ...inner }, 'model'),
    ...atOnce,
  },
  boil: {
    description: 'MAML whose body alone adapts',
    learner: onBoth({ name: 'boil', ...steps }, 'model'),
    ...atOnce,
  },
  'meta-sgd': {
    description: 'MAML with a learned rate for each parameter',
    learner: onBoth({ name: 'metaSgd', ...fixed, steps: 1, initialRate: 0.1 }, 'model'),
    ...atOnce,
  },
  'maml-pp': {
    description: 'MAML++: learned rates, a loss for each inner step, norm for each of them',
    learner: {
      pictures: { ...mamlPlusPlus, model: { ...conv4, innerSteps: 3 } } as Learner,
      vectors: { ...mamlPlusPlus, model: mlp } as Learner,
    },
    ...atOnce,
  },
  imaml: {
    description: 'implicit MAML',
    // Near its authors' code, where 16 steps are free and one after them holds to the start.
    learner: onBoth(
      {
        name: 'implicitMaml',
        ...fixed,
        innerRate: 0.1,
        steps: 16,
        strength: 0.1,
        damping: 10,
      },
      'model',
    ),
    ...atOnce,
    tuningTrials: 6,
  },
  reptile: {
    description: 'Reptile',
    learner: onBoth(
      {
        name: 'reptile',
        ...fixed,
        steps: { train: 8, test: 30 },
        batch: { train: 10 },
        innerOptimizer: { name: 'adam', rate: 1e-3, b1: 0 },
      },
      'model',
    ),
    // A pool to draw mini-batches from, and no queries to learn from.
    ...atOnce,
    train: { ...meta, shots: 10, queries: 1, optimizer: { name: 'sgd', rate: 1 }, decay: 'linear' },
  },
  baseline: {
    description: 'a classifier over all training classes, then a new linear head',
    learner: onBoth({ name: 'fineTuned', head: 'linear' }),
  },
  'baseline-pp': {
    description: 'a classifier over all training classes, then a new cosine head',
    learner: onBoth({ name: 'fineTuned', head: 'cosine' }),
  },
  simpleshot: {
    description: 'a classifier over all training classes, then nearest centroid',
    learner: onBoth({ name: 'simpleShot', transform: 'CL2N' }),
  },
  'nearest-neighbours': {
    description: 'three nearest neighbours on the examples as they are; learns nothing',
    learner: {
      pictures: { name: 'nearestNeighbours', backbone: raw, k: 3 },
      vectors: { name: 'nearestNeighbours', backbone: raw, k: 3 },
    },
  },
  'nearest-centroid': {
    description: 'nearest centroid on the examples as they are; learns nothing',
    learner: {
      pictures: { name: 'nearestCentroid', backbone: raw },
      vectors: { name: 'nearestCentroid', backbone: raw },
    },
  },
}

/** Where a configuration names no learners: one of each kind. */
export function defaultLearners(examples: Examples): string[] {
  const names = ['protonet', 'matching', 'siamese', 'relation', 'maml', 'reptile', 'simpleshot']
  return [...names, 'nearest-centroid'].filter((name) => standard[name]!.learner[examples])
}
